import { createHash } from 'node:crypto';
import type { Platform } from '@ledgerline/es-core';
import { seededRandom } from './seeded-random.js';

export interface TestPlatformOptions {
  /** Decides all ids and random numbers: two platforms with one seed give the same ids. */
  readonly seed: number;
  /** ISO 8601. The clock stands there and only `moveClock` moves it; without it the clock is the machine's. */
  readonly startAt?: string;
}

export interface TestPlatform extends Platform {
  /** Lets so much time pass, or takes it back where `ms` is negative: clock and uptime. Timers run on the machine's time and do not notice. */
  moveClock(ms: number): void;
}

/** A platform on this process: real hashes and timers, ids and random numbers that a seed decides. */
export const testPlatform = ({ seed, startAt }: TestPlatformOptions): TestPlatform => {
  const start = startAt === undefined ? undefined : timeOf(startAt);
  let moved = 0;
  const now = (): number => (start ?? Date.now()) + moved;
  return {
    ...seededParts(seed),
    now,
    uptime: now,
    moveClock: (ms) => {
      moved += ms;
    },
    setTimer: (ms, run) => {
      const timer = setTimeout(run, ms);
      return () => clearTimeout(timer);
    },
  };
};

/** What needs no clock. */
export const seededParts = (seed: number): Omit<Platform, 'now' | 'uptime' | 'setTimer'> => {
  const random = seededRandom(seed);
  const hex = () =>
    Math.floor(random() * 2 ** 32)
      .toString(16)
      .padStart(8, '0');
  return {
    sha256: (text) => createHash('sha256').update(text).digest('base64url'),
    byteLength: (text) => Buffer.byteLength(text),
    randomId: () => hex() + hex() + hex() + hex(),
    random,
    codeOf: (files) => files.join('\n'),
  };
};

/** Milliseconds since 1970 of an ISO 8601 time. */
export const timeOf = (text: string): number => {
  const time = Date.parse(text);
  if (Number.isNaN(time)) throw new Error(`${text} is not a time`);
  return time;
};
