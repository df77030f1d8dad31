import { Metrics } from '@ledgerline/es-nest';
import { Injectable } from '@nestjs/common';
import { Counter, Gauge } from 'prom-client';
import type { Verification } from './verification.js';

/** What the last verification of each projection came to. */
@Injectable()
export class VerificationMetrics {
  readonly #documents: Counter<'projection'>;
  readonly #divergent: Gauge<'projection'>;
  readonly #time: Gauge<'projection'>;

  constructor({ registry }: Metrics) {
    const of = (name: string, help: string) => ({
      ...{ name: `ledgerline_verification_${name}`, help, labelNames: ['projection'] as const, registers: [registry] },
    });
    this.#documents = new Counter(of('documents_total', 'Documents that were held against the log'));
    this.#divergent = new Gauge(of('divergent_documents', 'Documents that differed, in the last verification'));
    this.#time = new Gauge(of('last_seconds', 'When the last verification ended, in seconds since 1970'));
  }

  observe(projection: string, { checked, divergentCount }: Verification, now: number): void {
    this.#documents.inc({ projection }, checked);
    this.#divergent.set({ projection }, divergentCount);
    this.#time.set({ projection }, now / 1_000);
  }
}
