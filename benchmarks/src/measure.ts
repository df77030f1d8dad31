import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** What `--json` prints, one per measurement. Rates are per second; `ratio` is ours over raw, of the same run. */
export interface Result {
  readonly name: string;
  readonly inFlight: number;
  readonly ours: number;
  readonly raw: number;
  readonly ratio: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** Of the raw operation, where it is one of the same kind. */
  readonly rawP50Ms?: number;
  /** So long nothing else got its turn, and so long for the raw operation. */
  readonly longestBlockMs?: number;
  readonly rawLongestBlockMs?: number;
  /** Of the stream that was loaded, and those behind its snapshot. */
  readonly eventsInStream?: number;
  readonly eventsSinceSnapshot?: number;
  /** Where there are two raw rates: `raw` is the slower of them. */
  readonly rawRead?: number;
  readonly rawWrite?: number;
  /** The slower of them while both are at it: what the machine has for the two. */
  readonly rawTogether?: number;
  /** Documents that were written, for all events. */
  readonly writes?: number;
  /** Anonymous memory of the measured process afterwards, in MB. */
  readonly rssAnonMb?: number;
  /** The most of the first quarter of the time, and of all of it. */
  readonly rssAnonMbEarly?: number;
  readonly rssAnonMbMost?: number;
}

export interface Measured {
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

/** Runs `count` operations with at most `inFlight` under way, then `finish`, all of it on the clock. */
export const measure = async (
  { count, inFlight }: { readonly count: number; readonly inFlight: number },
  operation: (i: number) => Promise<unknown>,
  finish: () => Promise<unknown> = () => Promise.resolve(),
): Promise<Measured> => {
  const latencies = new Float64Array(count);
  let next = 0;
  const lane = async (): Promise<void> => {
    for (let i = next++; i < count; i = next++) {
      const began = performance.now();
      await operation(i);
      latencies[i] = performance.now() - began;
    }
  };
  const began = performance.now();
  await Promise.all(Array.from({ length: Math.min(inFlight, count) }, lane));
  await finish();
  const seconds = (performance.now() - began) / 1000;
  return { perSecond: count / seconds, ...spread(latencies) };
};

/** Of so many milliseconds. */
export const spread = (latencies: Float64Array): Pick<Measured, 'p50Ms' | 'p99Ms'> => {
  const sorted = latencies.toSorted();
  const at = (share: number): number =>
    round(sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0);
  return { p50Ms: at(0.5), p99Ms: at(0.99) };
};

/** The rate at which `run` deals with so many events; no latencies. */
export const timed = async (events: number, run: () => Promise<unknown>): Promise<Measured> => {
  const began = performance.now();
  await run();
  return { perSecond: events / ((performance.now() - began) / 1000), p50Ms: 0, p99Ms: 0 };
};

export const resultOf = (
  { name, inFlight }: { readonly name: string; readonly inFlight: number },
  ours: Measured,
  raw: Measured,
): Result => ({
  ...{ name, inFlight, ours: Math.round(ours.perSecond), raw: Math.round(raw.perSecond) },
  ...{ ratio: round(ours.perSecond / raw.perSecond), p50Ms: ours.p50Ms, p99Ms: ours.p99Ms },
});

export const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;

export const round = (value: number): number => Math.round(value * 1000) / 1000;

/** The median of each figure. */
export const middle = (runs: readonly Measured[]): Measured => ({
  perSecond: median(runs.map(({ perSecond }) => perSecond)),
  p50Ms: median(runs.map(({ p50Ms }) => p50Ms)),
  p99Ms: median(runs.map(({ p99Ms }) => p99Ms)),
});

/** Mapped pages of LMDB count in the resident size, and are not memory that somebody else could not have. */
export const rssAnonMb = (): number => {
  const kilobytes = /RssAnon:\s+(\d+) kB/.exec(readFileSync('/proc/self/status', 'utf8'))?.[1];
  return round(Number(kilobytes) / 1024);
};

/** A directory that is gone afterwards. */
export const inDirectory = async <T>(use: (directory: string) => Promise<T>): Promise<T> => {
  const directory = mkdtempSync(join(tmpdir(), 'ledgerline-benchmark-'));
  try {
    return await use(directory);
  } finally {
    rmSync(directory, { recursive: true });
  }
};
