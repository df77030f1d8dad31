import type { Platform } from '@ledgerline/es-core';
import { seededParts, timeOf, type TestPlatformOptions } from './test-platform.js';

interface Timer {
  readonly at: number;
  readonly run: () => void;
}

/** A platform whose time passes only when it is told to. */
export interface SimulatedPlatform extends Platform {
  /** Timers that wait. */
  readonly waiting: number;
  /** Lets so much time pass; what is due meanwhile runs when it is due, with everything that follows from it at once. */
  advance(ms: number): Promise<void>;
  /** Moves on to the next timer and runs it, with everything that follows from it at once; false when none waits. */
  runNext(): Promise<boolean>;
}

/** A platform driven by hand, for models and for what happens after minutes. Timers of one moment run in the order in which they were set. */
export const simulatedTime = ({
  seed,
  startAt = '2026-01-01T00:00:00.000Z',
}: TestPlatformOptions): SimulatedPlatform => {
  let now = timeOf(startAt);
  const timers = new Set<Timer>();

  const runFirst = async (until: number): Promise<boolean> => {
    const first = firstOf(timers);
    if (!first || first.at > until) return false;
    timers.delete(first);
    now = first.at;
    first.run();
    await settled();
    return true;
  };

  return {
    ...seededParts(seed),
    now: () => now,
    uptime: () => now,
    setTimer: (ms, run) => {
      const timer = { at: now + Math.max(0, ms), run };
      timers.add(timer);
      return () => timers.delete(timer);
    },
    get waiting() {
      return timers.size;
    },
    advance: async (ms) => {
      const until = now + ms;
      await settled();
      while (await runFirst(until));
      now = until;
    },
    runNext: async () => {
      await settled();
      return runFirst(Infinity);
    },
  };
};

const firstOf = (timers: ReadonlySet<Timer>): Timer | undefined => {
  let first: Timer | undefined;
  for (const timer of timers) if (!first || timer.at < first.at) first = timer;
  return first;
};

/** Once every promise that could go on has gone on. */
const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
