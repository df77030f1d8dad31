import { partitionKey, type PartitionStatus } from '@ledgerline/es-core';
import { Metrics } from '@ledgerline/es-nest';
import { Injectable } from '@nestjs/common';
import { Gauge } from 'prom-client';
import { ReadModels } from '../read-models/read-models.js';

/** A number about one partition of a projection; undefined when it is not known. */
type Measure = (status: PartitionStatus, heads: ReadonlyMap<string, number>) => number | undefined;

/** How far each projection has come, and how far it is behind; looked up when somebody asks. */
@Injectable()
export class ProjectionMetrics {
  constructor(
    private readonly metrics: Metrics,
    private readonly readModels: ReadModels,
  ) {
    this.#gauge('ordinal', 'How many records were applied', ({ ordinal }) => ordinal);
    this.#gauge('refused', 'Records that did not count since the service started', ({ refused }) => refused);
    this.#gauge('lag', 'Records that count and were not applied yet', ({ topic, partition, ordinal }, heads) => {
      const head = heads.get(partitionKey(topic, partition));
      return head === undefined ? undefined : Math.max(0, head - ordinal);
    });
    this.#parked();
  }

  #parked(): void {
    const { readModels, metrics } = this;
    new Gauge({
      name: 'ledgerline_projection_parked',
      help: 'Documents that are not folded on, of the live and the filling generation',
      ...{ labelNames: ['projection', 'generation'], registers: [metrics.registry] },
      async collect() {
        this.reset();
        for (const model of readModels.all)
          for (const { state, parked } of await model.generations.list(new Map()))
            if (state !== 'previous') this.set({ projection: model.name, generation: state }, parked);
      },
    });
  }

  #gauge(name: string, help: string, measure: Measure): void {
    const { readModels, metrics } = this;
    new Gauge({
      ...{ name: `ledgerline_projection_${name}`, help, labelNames: ['projection', 'topic', 'partition'] },
      registers: [metrics.registry],
      async collect() {
        if (readModels.all.length === 0) return;
        const heads = await readModels.heads();
        for (const model of readModels.all)
          for (const status of model.status()) {
            const value = measure(status, heads);
            const labels = { projection: model.name, topic: status.topic, partition: String(status.partition) };
            if (value !== undefined) this.set(labels, value);
          }
      },
    });
  }
}
