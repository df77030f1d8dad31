import type { EsError, Platform } from '@ledgerline/es-core';
import { type AggregateOf, InjectAggregate, type Log, LOG, PLATFORM } from '@ledgerline/es-nest';
import { Coordinator, factsOf, type ManagedResource, untilAvailable } from '@ledgerline/es-nest/extension';
import { ServicePersonalData } from '@ledgerline/es-nest/privacy';
import { Inject, Injectable } from '@nestjs/common';
import { subject } from './subject.aggregate.js';

/**
 * Destroys, after each start, the keys of subjects that are forgotten by what the log says: a backup of the keys that was
 * brought back may hold them again. Nobody waits for it.
 */
@Injectable()
export class ErasureReconciler implements ManagedResource {
  readonly #stopping = new AbortController();
  #running: Promise<void> = Promise.resolve();
  #failure: unknown;

  constructor(
    @InjectAggregate(subject) private readonly subjects: AggregateOf<typeof subject>,
    private readonly personal: ServicePersonalData,
    @Inject(PLATFORM) private readonly platform: Platform,
    @Inject(LOG) private readonly log: Log,
    coordinator: Coordinator,
  ) {
    coordinator.add(this, 'worker');
  }

  open(): Promise<void> {
    const report = (error: EsError): void => this.log.warn('keys-unavailable', factsOf(error));
    const patience = { platform: this.platform, report, signal: this.#stopping.signal };
    this.#running = untilAvailable(patience, () => this.#look()).then(
      () => undefined,
      (failure: unknown) => void (this.#failure = failure),
    );
    return Promise.resolve();
  }

  get failure(): unknown {
    return this.#failure;
  }

  async close(): Promise<void> {
    this.#stopping.abort();
    await this.#running;
  }

  async #look(): Promise<void> {
    for await (const id of this.personal.subjects()) {
      if (this.#stopping.signal.aborted) return;
      const { state } = this.subjects.stateOf(id);
      if (state.status !== 'forgotten') continue;
      await this.personal.forget(id, state.forgotten.forgottenAt);
      this.log.warn('key-of-forgotten-destroyed', { subject: id });
    }
  }
}
