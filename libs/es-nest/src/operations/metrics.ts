import type { ReactorStatus } from '@ledgerline/es-core/runtime';
import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import { ServiceInstances } from '../instances/service-instances.js';
import { ReactorHost } from '../reactions/reactor-host.js';
import type { EventSourcingSettings } from '../options/event-sourcing-options.js';
import { OPTIONS } from '../tokens.js';
import { LogWatch } from '../store/log-watch.js';
import { ServiceEventStore } from '../store/service-event-store.js';

const SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
const WRITER = ['ordinal', 'queued', 'batches', 'lostBatches', 'refused', 'resyncs', 'differing'] as const;

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

  readonly #batchesRefused = new Counter({
    name: 'ledgerline_command_batches_refused_total',
    help: 'Batches of commands over Kafka that could not be read, and were passed over',
    registers: [this.registry],
  });

  constructor(
    @Inject(OPTIONS) { service }: EventSourcingSettings,
    private readonly store: ServiceEventStore,
    private readonly reactors: ReactorHost,
    private readonly instances: ServiceInstances,
    private readonly watch: LogWatch,
  ) {
    this.registry.setDefaultLabels({ service });
    collectDefaultMetrics({ register: this.registry });
    for (const name of WRITER) this.#writerGauge(name);
    this.#preferredGauge();
    this.#logProblemsGauge();
    this.#strangersGauge();
    this.#reactorGauge('ordinal', 'How far a reactor has dealt with a partition', ({ ordinal }) => ordinal);
    this.#reactorGauge('under_way', 'Messages that a reactor is dealing with', ({ underWay }) => underWay);
    this.#reactorGauge('parked', 'Streams that a reactor holds', ({ parked }) => parked);
    this.#reactorGauge(
      'oldest_unsettled_seconds',
      'How long ago the message was recorded that a reactor has been dealing with longest; 0 where there is none',
      ({ oldest }) => (oldest ? Math.max(0, store.platform.now() - Date.parse(oldest.time)) / 1_000 : 0),
    );
  }

  /** `route` as it is written in the code: ids in paths would make a series of each of them. */
  observe(labels: { readonly method: string; readonly route: string; readonly status: string }, seconds: number): void {
    this.#requests.observe(labels, seconds);
  }

  batchRefused(): void {
    this.#batchesRefused.inc();
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

  #logProblemsGauge(): void {
    const { watch, registry } = this;
    new Gauge({
      name: 'ledgerline_log_problems',
      help: 'What is wrong with the settings of a topic, by what becomes of the promise to lose nothing',
      labelNames: ['topic', 'promise'],
      registers: [registry],
      collect() {
        this.reset();
        for (const { topic, promise, count } of watch.counts) this.set({ topic, promise }, count);
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

  #reactorGauge(name: string, help: string, valueOf: (status: ReactorStatus) => number): void {
    const { reactors, registry } = this;
    new Gauge({
      name: `ledgerline_reactor_${name}`,
      help,
      labelNames: ['reactor', 'reactor_name', 'topic', 'partition'],
      registers: [registry],
      collect() {
        // A partition that this instance has given up is another one's to tell of.
        this.reset();
        for (const { name: reactor, reactorName: reactor_name, partitions } of reactors.report())
          for (const one of partitions)
            this.set({ reactor, reactor_name, topic: one.topic, partition: String(one.partition) }, valueOf(one));
      },
    });
  }
}

const snakeCase = (name: string): string => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
