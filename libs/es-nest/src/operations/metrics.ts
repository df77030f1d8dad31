import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import { ServiceInstances } from '../instances/service-instances.js';
import { EventLogTransport } from '../reactions/event-log-transport.js';
import type { ServiceDefinition } from '../service-definition.js';
import { SERVICE } from '../service-tokens.js';
import { OwnEventStore } from '../store/own-event-store.js';

const SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
const WRITER = ['ordinal', 'queued', 'batches', 'lostBatches', 'refused', 'resyncs'] as const;

/** What Prometheus asks for. Its values are read from their owners when it asks. */
@Injectable()
export class Metrics implements OnApplicationShutdown {
  readonly registry = new Registry();
  readonly #requests = new Histogram({
    name: 'http_request_duration_seconds',
    help: 'How long requests took, by route',
    labelNames: ['method', 'route', 'status'],
    buckets: SECONDS,
    registers: [this.registry],
  });

  constructor(
    @Inject(SERVICE) service: ServiceDefinition,
    private readonly store: OwnEventStore,
    private readonly transport: EventLogTransport,
    private readonly instances: ServiceInstances,
  ) {
    this.registry.setDefaultLabels({ service: service.name });
    collectDefaultMetrics({ register: this.registry });
    for (const name of WRITER) this.#writerGauge(name);
    this.#preferredGauge();
    this.#strangersGauge();
    this.#reactorGauge('ordinal', 'How far a reactor has dealt with a partition');
    this.#reactorGauge('underWay', 'Messages that a reactor is dealing with');
  }

  observe(request: FastifyRequest, reply: FastifyReply): void {
    // Ids in paths would make a series of each of them.
    const route = request.routeOptions.url ?? 'none';
    const labels = { method: request.method, route, status: String(reply.statusCode) };
    this.#requests.observe(labels, reply.elapsedTime / 1_000);
  }

  onApplicationShutdown(): void {
    this.registry.clear();
  }

  #writerGauge(name: (typeof WRITER)[number]): void {
    const { store, registry } = this;
    new Gauge({
      name: `ledgerline_writer_${snakeCase(name)}`,
      help: `Of the writer of a partition: ${snakeCase(name).replaceAll('_', ' ')}`,
      labelNames: ['partition'],
      registers: [registry],
      collect() {
        store.statistics().forEach((one, partition) => this.set({ partition: String(partition) }, one[name]));
      },
    });
  }

  #preferredGauge(): void {
    const { store, instances, registry } = this;
    new Gauge({
      name: 'ledgerline_partition_preferred',
      help: '1 where this instance is the preferred writer of the partition',
      labelNames: ['partition'],
      registers: [registry],
      collect() {
        store
          .statistics()
          .forEach((_, partition) => this.set({ partition: String(partition) }, instances.isMine(partition) ? 1 : 0));
      },
    });
  }

  #strangersGauge(): void {
    const { instances, registry } = this;
    new Gauge({
      name: 'ledgerline_instances_left_out',
      help: 'Members of the consumer group that are given nothing because they did not prove themselves; known to its leader',
      registers: [registry],
      collect() {
        this.set(instances.strangers);
      },
    });
  }

  #reactorGauge(name: 'ordinal' | 'underWay', help: string): void {
    const { transport, registry } = this;
    new Gauge({
      name: `ledgerline_reactor_${snakeCase(name)}`,
      help,
      labelNames: ['reactor', 'topic', 'partition'],
      registers: [registry],
      collect() {
        for (const { name: reactor, partitions } of transport.report())
          for (const one of partitions)
            this.set({ reactor, topic: one.topic, partition: String(one.partition) }, one[name]);
      },
    });
  }
}

const snakeCase = (name: string): string => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
