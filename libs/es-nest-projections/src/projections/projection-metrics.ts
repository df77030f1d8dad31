import { EsError, partitionKey } from '@ledgerline/es-core';
import type { PartitionStatus } from '@ledgerline/es-core/runtime';
import { Metrics } from '@ledgerline/es-nest/extension';
import { Injectable } from '@nestjs/common';
import { Gauge } from 'prom-client';
import { ReadModels } from '../read-models/read-models.js';

type Heads = ReadonlyMap<string, number>;
/** A number about one partition of a projection; undefined when it is not known. */
type Measure = (status: PartitionStatus, heads: Heads) => number | undefined;

interface Value {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

const NO_HEADS: Heads = new Map();

/** How far each projection has come, and how far it is behind; looked up when somebody asks. */
@Injectable()
export class ProjectionMetrics {
  constructor(
    private readonly metrics: Metrics,
    private readonly readModels: ReadModels,
  ) {
    this.#storeUp();
    this.#ofPartitions('ordinal', 'How many records were applied', ({ ordinal }) => ordinal);
    this.#ofPartitions('refused', 'Records that did not count since the service started', ({ refused }) => refused);
    this.#lag();
    this.#parked();
  }

  #storeUp(): void {
    const { readModels, metrics } = this;
    new Gauge({
      name: 'ledgerline_read_model_store_up',
      help: '1 while the store of the read models answers; lag and parked documents are not known while it does not',
      registers: [metrics.registry],
      collect() {
        this.set(readModels.isStoreUp ? 1 : 0);
      },
    });
  }

  #ofPartitions(name: string, help: string, measure: Measure): void {
    const values = (): Promise<Value[]> => Promise.resolve(this.#measured(measure, NO_HEADS));
    this.#gauge({ name, help, labelNames: ['projection', 'topic', 'partition'] }, values);
  }

  #lag(): void {
    const behind: Measure = ({ topic, partition, ordinal }, heads) => {
      const head = heads.get(partitionKey(topic, partition));
      return head === undefined ? undefined : Math.max(0, head - ordinal);
    };
    const help = 'Records that count and were not applied yet';
    this.#gauge({ name: 'lag', help, labelNames: ['projection', 'topic', 'partition'] }, () =>
      this.#fromStore(async () => this.#measured(behind, await this.readModels.heads())),
    );
  }

  #parked(): void {
    const help = 'Documents that are not folded on, of the live and the filling generation';
    this.#gauge({ name: 'parked', help, labelNames: ['projection', 'generation'] }, () =>
      this.#fromStore(async () => {
        const values: Value[] = [];
        for (const { name, generations } of this.readModels.all)
          for (const { state, parked } of await generations.list(NO_HEADS))
            if (state !== 'previous') values.push({ labels: { projection: name, generation: state }, value: parked });
        return values;
      }),
    );
  }

  #gauge(
    { name, ...about }: { readonly name: string; readonly help: string; readonly labelNames: readonly string[] },
    values: () => Promise<readonly Value[]>,
  ): void {
    new Gauge({
      ...{ name: `ledgerline_projection_${name}`, ...about, registers: [this.metrics.registry] },
      async collect() {
        const known = await values();
        // What is not known any more has no value: an old one would say that nothing has happened.
        this.reset();
        for (const { labels, value } of known) this.set(labels, value);
      },
    });
  }

  #measured(measure: Measure, heads: Heads): Value[] {
    return this.readModels.all.flatMap((model) =>
      model.status().flatMap((status) => {
        const value = measure(status, heads);
        const { topic, partition } = status;
        const labels = { projection: model.name, topic, partition: String(partition) };
        return value === undefined ? [] : [{ labels, value }];
      }),
    );
  }

  /** Nothing where the store fails: all other metrics are needed just then. Why it fails is reported by whoever looks at it. */
  async #fromStore(values: () => Promise<readonly Value[]>): Promise<readonly Value[]> {
    // Asking a store that is gone takes seconds each time.
    if (!this.readModels.isStoreUp || this.readModels.all.length === 0) return [];
    try {
      return await values();
    } catch (error) {
      if (!(error instanceof EsError)) throw error;
      return [];
    }
  }
}
