import { createHash } from 'node:crypto';
import type { Platform } from '@ledgerline/es-core';

/** Numbers in [0, 1) that depend on the seed alone (mulberry32, Tommy Ettinger). */
export const seededRandom = (seed: number): (() => number) => {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
};

interface Timer {
  readonly at: number;
  readonly order: number;
  readonly run: () => void;
  cancelled: boolean;
}

/** A clock that moves only when it is told to, from one timer to the next. */
export class SimulatedTime {
  #now = Date.parse('2026-01-01T00:00:00.000Z');
  #order = 0;
  #timers: Timer[] = [];

  get now(): number {
    return this.#now;
  }

  after(ms: number, run: () => void): () => void {
    const timer: Timer = { at: this.#now + Math.max(0, ms), order: this.#order++, run, cancelled: false };
    const later = this.#timers.findIndex(({ at }) => at > timer.at);
    if (later < 0) this.#timers.push(timer);
    else this.#timers.splice(later, 0, timer);
    return () => {
      timer.cancelled = true;
    };
  }

  /** Runs the next timer and everything that follows from it at once; false when there is none. */
  async step(): Promise<boolean> {
    let timer = this.#timers.shift();
    while (timer?.cancelled) timer = this.#timers.shift();
    if (!timer) return false;
    this.#now = Math.max(this.#now, timer.at);
    timer.run();
    await new Promise((resolve) => setImmediate(resolve));
    return true;
  }
}

/** A machine in the simulation; once it is not `alive`, its timers fire no more. `skewMs` is what its clock is wrong by. */
export const simulatedPlatform = (
  time: SimulatedTime,
  random: () => number,
  { alive = () => true, skewMs = () => 0 }: { readonly alive?: () => boolean; readonly skewMs?: () => number } = {},
): Platform => ({
  sha256: (text) => createHash('sha256').update(text).digest('base64url'),
  byteLength: (text) => Buffer.byteLength(text),
  now: () => time.now + skewMs(),
  randomId: () => Math.floor(random() * 2 ** 48).toString(36) + Math.floor(random() * 2 ** 48).toString(36),
  random,
  setTimer: (ms, run) => time.after(ms, () => alive() && run()),
});
