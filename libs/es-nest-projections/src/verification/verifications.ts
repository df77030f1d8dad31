import { ServiceNotReady } from '@ledgerline/es-nest';
import { factsOf } from '@ledgerline/es-nest/extension';
import { type BeforeApplicationShutdown, Injectable } from '@nestjs/common';
import { Surroundings } from '../module/surroundings.js';
import { ReadModels } from '../read-models/read-models.js';
import type { AnyReadModel } from '../read-models/running-read-model.js';
import { knownAfter } from './known-divergent.js';
import type { Sample } from './sample.js';
import type { Verification } from './verification.js';
import { VerificationMetrics } from './verification.metrics.js';
import type { VerificationOptions } from './verify-live.js';

/** A check that nobody waits for rests so many times as long as it works. */
const REST = 4;

/** Holds read models against the log: when somebody asks, and a small sample now and then. Never more than one at a time. */
@Injectable()
export class Verifications implements BeforeApplicationShutdown {
  readonly #stopping = new AbortController();
  #last: Promise<unknown> = Promise.resolve();
  #waiting = 0;
  #turn = 0;
  #cancelTimer: (() => void) | undefined;

  constructor(
    private readonly readModels: ReadModels,
    private readonly metrics: VerificationMetrics,
    private readonly surroundings: Surroundings,
  ) {}

  /** From here on samples are checked now and then. */
  start(): void {
    this.#checkLater();
  }

  async close(): Promise<void> {
    this.beforeApplicationShutdown();
    await this.#last;
  }

  /** HTTP waits for what is being answered. */
  beforeApplicationShutdown(): void {
    this.#stopping.abort(new ServiceNotReady('stopping'));
    this.#cancelTimer?.();
  }

  /** Once those that were asked for before are done. @throws LogDiverged; ServiceNotReady when the service ends meanwhile. */
  async verify(model: AnyReadModel, percent?: number): Promise<Verification> {
    this.#waiting += 1;
    try {
      return await this.#next(model, { sample: percent === undefined ? undefined : this.#sampleOf(percent) });
    } finally {
      this.#waiting -= 1;
    }
  }

  #next(model: AnyReadModel, how: { sample: Sample | undefined; rest?: () => number }): Promise<Verification> {
    const run = this.#last.then(() => this.#run(model, how));
    // Whoever asked gets the error; the next one begins all the same.
    this.#last = run.catch(() => undefined);
    return run;
  }

  async #run(model: AnyReadModel, how: { sample: Sample | undefined; rest?: () => number }): Promise<Verification> {
    const { signal } = this.#stopping;
    signal.throwIfAborted();
    const verification = await this.#observed(model, { ...how, signal });
    const { seed } = how.sample ?? {};
    for (const { firstEvent, ...divergence } of verification.divergent)
      this.surroundings.log.error('read-model-diverged', {
        projection: model.name,
        ...divergence,
        ...firstEvent,
        seed,
      });
    return verification;
  }

  async #observed(model: AnyReadModel, how: VerificationOptions): Promise<Verification> {
    const known = this.metrics.known(model);
    try {
      const verification = await model.verify({ ...how, also: known.ids });
      const { checked } = verification;
      this.metrics.observe(model.name, {
        checked,
        known: knownAfter(known, verification),
        now: this.surroundings.platform.now(),
      });
      return verification;
    } catch (error) {
      if (!this.#stopping.signal.aborted) this.metrics.observeFailure(model.name);
      throw error;
    }
  }

  #checkLater(): void {
    const { everyMs } = this.surroundings.settings.verification;
    if (everyMs === 0 || this.#stopping.signal.aborted) return;
    this.#cancelTimer = this.surroundings.platform.setTimer(everyMs, () => void this.#check());
  }

  /** One read model after the other, each a sample of its own each time. */
  async #check(): Promise<void> {
    const { all } = this.readModels;
    const model = all[this.#turn % all.length];
    this.#turn += 1;
    try {
      const sample = this.#sampleOf(this.surroundings.settings.verification.percent);
      // Somebody who waits for it is not kept waiting.
      if (model) await this.#next(model, { sample, rest: () => (this.#waiting > 0 ? 0 : REST) });
    } catch (error) {
      if (!this.#stopping.signal.aborted)
        this.surroundings.log.warn('verification-failed', { projection: model?.name, ...factsOf(error) });
    }
    this.#checkLater();
  }

  #sampleOf(percent: number): Sample {
    return { percent, seed: this.surroundings.platform.randomId() };
  }
}
