import { beforeGenesis, ChainReader, verifyChain } from '@ledgerline/es-core/runtime';
import { nodePlatform, openEmbeddedLog } from '@ledgerline/es-embedded';
import { orderEvents } from '@ledgerline/events';
import { inDirectory, measure, type Measured, type Result, resultOf } from './measure.js';
import { addItem, openStore } from './workload.js';

const EVENTS = 200_000;
const PER_STREAM = 1_000;
const { topic } = orderEvents;

/** Reading: one stream after another from the index, parsed and folded; and the whole log through the chain rule. */
export const loadBenchmark = async (): Promise<readonly Result[]> =>
  inDirectory(async (directory) => {
    const written = await openStore(directory);
    await measure({ count: EVENTS, inFlight: 512 }, (i) =>
      written.carts.send(`c${i % (EVENTS / PER_STREAM)}`, addItem(i)),
    );
    await written.close();
    return [await loadAndFold(directory), await readChain(directory)];
  });

const loadAndFold = async (directory: string): Promise<Result> => {
  const { carts, store, close } = await openStore(directory);
  const streams = { count: EVENTS / PER_STREAM, inFlight: 1 };
  const raw = await measure(streams, (i) => Promise.resolve([...store.read(`cart-c${i}`)].length));
  // Version N-1 is never in the cache or a snapshot: every event is read, parsed and folded.
  const ours = await measure(streams, (i) => Promise.resolve(carts.stateOf(`c${i}`, { version: PER_STREAM - 1 })));
  await close();
  return inEvents('load-and-fold', ours, raw, PER_STREAM);
};

const readChain = async (directory: string): Promise<Result> => {
  const log = await openEmbeddedLog({ directory, topic, partitions: 4, role: 'reader' });
  const state = beforeGenesis(await verifyChain(log, nodePlatform));
  const partitions = { count: log.partitions, inFlight: 1 };
  const raw = await measure(partitions, async (partition) => {
    const reader = log.read(partition, { from: 0, follow: false });
    while (await reader.next());
    await reader.close();
  });
  const ours = await measure(partitions, async (partition) => {
    const reader = new ChainReader({ log, partition, platform: nodePlatform, state, follow: false });
    while (await reader.next());
    await reader.close();
  });
  await log.close();
  return inEvents('read-through-chain', ours, raw, EVENTS / log.partitions);
};

/** One operation read `events` events; the latencies stay those of an operation. */
const inEvents = (name: string, ours: Measured, raw: Measured, events: number): Result => {
  const scaled = (measured: Measured): Measured => ({ ...measured, perSecond: measured.perSecond * events });
  return resultOf({ name, inFlight: 1 }, scaled(ours), scaled(raw));
};
