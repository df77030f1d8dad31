import type { EventStore, Platform } from '@ledgerline/es-core';
import { factsOf, type Log } from '../logging/log.js';

const LOOK_EVERY_MS = 1_000;

export interface ClockWatchOptions {
  readonly store: Pick<EventStore, 'clockSkew' | 'checkClock'>;
  readonly platform: Pick<Platform, 'setTimer'>;
  readonly log: Pick<Log, 'error' | 'info' | 'warn'>;
}

/** Looks whether the clock is right also while nobody writes, and says so when that changes. */
export class ClockWatch {
  #cancelTimer: (() => void) | undefined;
  #wasWrong = false;
  #failed = false;
  #closed = false;

  constructor(private readonly options: ClockWatchOptions) {
    void this.#look();
  }

  /** Safe to repeat. Does not wait for a log that is away: closing the store ends what is asked of it. */
  close(): void {
    this.#closed = true;
    this.#cancelTimer?.();
  }

  async #look(): Promise<void> {
    const { store, log, platform } = this.options;
    try {
      await store.checkClock();
      this.#failed = false;
      this.#say();
    } catch (error) {
      if (!this.#closed && !this.#failed) log.warn('clock-not-checked', factsOf(error));
      this.#failed = true;
    }
    if (!this.#closed) this.#cancelTimer = platform.setTimer(LOOK_EVERY_MS, () => void this.#look());
  }

  #say(): void {
    const { clockSkew: skew } = this.options.store;
    const isWrong = skew !== undefined;
    if (isWrong === this.#wasWrong) return;
    this.#wasWrong = isWrong;
    if (isWrong) this.options.log.error('clock-skewed', factsOf(skew));
    else this.options.log.info('clock-right-again', {});
  }
}
