import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout } from 'node:timers/promises';
import { inDirectory, measure, type Result, round } from './measure.js';
import { addItem, openStore } from './workload.js';

const STREAM = 'long';
const LENGTHS = [100_000, 1_000_000];
const AT_ONCE = 20;
/** Enough for the monitor to tick some times. */
const TICKS_MS = 50;

interface Took {
  readonly ms: number;
  readonly longestBlockMs: number;
}

/**
 * A stream as it was one version before its first snapshot could help, folded from its first event: `ours` in slices, as a service
 * answers `?version=N`, `raw` at once, as it did before; and twenty of them in slices together.
 */
export const pastBenchmark = async (): Promise<readonly Result[]> => {
  const results: Result[] = [];
  for (const events of LENGTHS) results.push(...(await inDirectory((directory) => pastOf(directory, events))));
  return results;
};

const pastOf = async (directory: string, events: number): Promise<readonly Result[]> => {
  const written = await openStore(directory);
  await measure({ count: events, inFlight: 512 }, (i) => written.carts.send(STREAM, addItem(i)));
  await written.close();
  const { carts, close } = await openStore(directory);
  // Behind the last 100 events there is a snapshot.
  const version = events - 200;
  const raw = await took(() => Promise.resolve(carts.stateOf(STREAM, { version })));
  const ours = await took(() => carts.load(STREAM, { version }));
  const some = Array.from({ length: AT_ONCE }, (_, i) => Math.min(version, 20_000) - i);
  const many = await took(() => Promise.all(some.map((one) => carts.load(STREAM, { version: one }))));
  await close();
  const result = (name: string, inFlight: number, mine: Took, other: Took): Result => ({
    ...{
      name,
      inFlight,
      ours: Math.round(1_000 / mine.ms),
      raw: Math.round(1_000 / other.ms),
      ratio: round(other.ms / mine.ms),
    },
    ...{ p50Ms: mine.ms, p99Ms: mine.ms, rawP50Ms: other.ms, eventsInStream: events },
    ...{ longestBlockMs: mine.longestBlockMs, rawLongestBlockMs: other.longestBlockMs },
  });
  return [result('past', 1, ours, raw), result('past-of-20000', AT_ONCE, many, raw)];
};

const took = async (run: () => Promise<unknown>): Promise<Took> => {
  const delays = monitorEventLoopDelay({ resolution: 1 });
  delays.enable();
  // The platform's timers keep no process alive; in a service its server does.
  const alive = setInterval(() => undefined, 60_000);
  // Its first tick is not counted, nor is the first one after a reset.
  await setTimeout(TICKS_MS);
  const began = performance.now();
  await run();
  const ms = round(performance.now() - began);
  await setTimeout(TICKS_MS);
  delays.disable();
  clearInterval(alive);
  return { ms, longestBlockMs: round(delays.max / 1e6) };
};
