import { Metrics } from '@ledgerline/es-nest/extension';
import { Injectable } from '@nestjs/common';
import { Counter, Gauge } from 'prom-client';
import { ReadModels } from '../read-models/read-models.js';
import type { AnyReadModel } from '../read-models/running-read-model.js';
import type { KnownDivergent } from './known-divergent.js';

interface Checked {
  readonly checked: number;
  readonly known: KnownDivergent;
  readonly now: number;
}

const NO_IDS: ReadonlySet<string> = new Set();

/** What the verifications of each projection came to. */
@Injectable()
export class VerificationMetrics {
  readonly #known = new Map<string, KnownDivergent>();
  readonly #documents: Counter<'projection'>;
  readonly #failures: Counter<'projection'>;
  readonly #time: Gauge<'projection'>;

  constructor(
    { registry }: Metrics,
    private readonly readModels: ReadModels,
  ) {
    const of = (name: string, help: string) => ({
      ...{ name: `ledgerline_verification_${name}`, help, labelNames: ['projection'] as const, registers: [registry] },
    });
    this.#documents = new Counter(of('documents_total', 'Documents that were held against the log'));
    this.#failures = new Counter(of('failures_total', 'Verifications that could not be done to their end'));
    this.#time = new Gauge(of('last_seconds', 'When the last verification ended, in seconds since 1970'));
    const collect = (gauge: Gauge<'projection'>): void => this.#setDivergent(gauge);
    new Gauge({
      ...of('divergent_documents', 'Documents that differed, and were not found right since'),
      collect() {
        collect(this);
      },
    });
  }

  /** What is known of the documents that answer: nothing at first of those of another generation. */
  known({ name, collection }: Pick<AnyReadModel, 'name' | 'collection'>): KnownDivergent {
    const known = this.#known.get(name);
    return known?.collection === collection ? known : { collection, ids: NO_IDS, count: 0 };
  }

  observe(projection: string, { checked, known, now }: Checked): void {
    this.#known.set(projection, known);
    this.#documents.inc({ projection }, checked);
    this.#time.set({ projection }, now / 1_000);
  }

  /** What is known stays as it was. */
  observeFailure(projection: string): void {
    this.#failures.inc({ projection });
  }

  #setDivergent(gauge: Gauge<'projection'>): void {
    for (const model of this.readModels.all)
      if (this.#known.has(model.name)) gauge.set({ projection: model.name }, this.known(model).count);
  }
}
