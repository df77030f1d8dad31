import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { openEmbeddedIndex } from '@ledgerline/es-embedded';
import type { LoadTook, StreamToLoad } from './load.child.js';
import { inDirectory, measure, type Measured, type Result, resultOf, round } from './measure.js';
import { addItem, openStore } from './workload.js';

const EVENTS = 100_000;
const LOADS = 50;
const LOADS_WITHOUT = 5;
const STREAM = 'long';
/** The next event makes a new snapshot. */
const MOST_SINCE = 99;

/**
 * Loading one stream of 100,000 events as a service does that has just started: `ours` from its snapshot and as much as
 * there may be behind it, `raw` from its first event. Each load is the first of a process of its own, whose code nothing
 * has warmed up; starting the process and opening the store are not on the clock.
 */
export const snapshotBenchmark = async (): Promise<readonly Result[]> =>
  inDirectory(async (directory) => {
    await record(directory, 0, EVENTS);
    const snapshot = await snapshotVersion(directory);
    const events = snapshot + MOST_SINCE;
    await record(directory, EVENTS, events);
    const ours = await firstLoads(LOADS, { directory, id: STREAM });
    const raw = await firstLoads(LOADS_WITHOUT, { directory, id: STREAM, version: snapshot - 1 });
    const result = resultOf({ name: 'snapshot', inFlight: 1 }, ours, raw);
    return [{ ...result, rawP50Ms: raw.p50Ms, eventsInStream: events, eventsSinceSnapshot: MOST_SINCE }];
  });

/** Through the writer, one command an event, from version `from` to `to`. */
const record = async (directory: string, from: number, to: number): Promise<void> => {
  const { carts, close } = await openStore(directory);
  await measure({ count: to - from, inFlight: 512 }, (i) => carts.send(STREAM, addItem(from + i)));
  await close();
};

const snapshotVersion = async (directory: string): Promise<number> => {
  const index = await openEmbeddedIndex({ directory, service: 'orders' });
  const snapshot = index.snapshot(`cart-${STREAM}`);
  await index.close();
  if (!snapshot) throw new Error('the stream has no snapshot');
  return snapshot.version;
};

/** One after the other. */
const firstLoads = async (count: number, load: StreamToLoad): Promise<Measured> => {
  const took: number[] = [];
  for (let i = 0; i < count; i += 1) took.push(await loadedBy(load));
  took.sort((a, b) => a - b);
  const at = (share: number): number => round(took[Math.min(count - 1, Math.floor(count * share))] ?? 0);
  const ms = took.reduce((sum, one) => sum + one, 0);
  return { perSecond: (count * 1000) / ms, p50Ms: at(0.5), p99Ms: at(0.99) };
};

const loadedBy = async (load: StreamToLoad): Promise<LoadTook> => {
  const child = fork(fileURLToPath(new URL('./load.child.js', import.meta.url)), [JSON.stringify(load)]);
  const ended = once(child, 'exit');
  const told = once(child, 'message').then(([message]) => message as LoadTook);
  const answer = await Promise.race([told, ended]);
  if (answer instanceof Array) throw new Error(`the loading process ended with ${answer.join(' ')}`);
  await ended;
  return answer;
};
