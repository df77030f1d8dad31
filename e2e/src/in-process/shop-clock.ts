import type { Platform } from '@ledgerline/es-core';

/** The clock of all services, which may be moved on. */
export class ShopClock {
  #aheadMs = 0;

  /** What waits for a timer waits so many times shorter. */
  constructor(private readonly timesAsFast = 1) {}

  passes(ms: number): void {
    this.#aheadMs += ms;
  }

  on({ now, uptime, setTimer, ...platform }: Platform): Platform {
    return {
      ...platform,
      now: () => now() + this.#aheadMs,
      uptime: () => uptime() + this.#aheadMs,
      setTimer: (ms, run) => setTimer(ms / this.timesAsFast, run),
    };
  }
}
