import { EventStore } from '@ledgerline/es-core';
import type { PartitionedLog } from '@ledgerline/es-core/adapter';
import { beforeGenesis, ChainReader, eventsIn, type Progress, verifyChain } from '@ledgerline/es-core/runtime';
import { nodePlatform, openEmbeddedIndex, openEmbeddedReadModels } from '@ledgerline/es-embedded';
import { inDirectory, type Measured, middle, type Result, resultOf, rssAnonMb, timed } from '../measure.js';
import { projectAll } from '../projected.js';
import { catalogue } from '../workload.js';
import { onFilled } from './filled-topic.js';
import { onKafka } from './on-kafka.js';
import { rawConsume } from './raw-kafka.js';

const EVENTS = 200_000;
const STREAMS = 10_000;
const ROUNDS = 3;

/**
 * The same topic read in four ways: through the chain rule alone, parsed and folded by stream, projected into documents on the
 * embedded store; beside raw kafkajs, which hands out the records and looks at none of them.
 */
export const kafkaProjectBenchmark = (): Promise<readonly Result[]> =>
  onKafka((connection) =>
    onFilled(connection, { events: EVENTS, streams: STREAMS, open: STREAMS }, async (log) => {
      const runs: Record<'raw' | 'chain' | 'fold' | 'project', Measured[]> = {
        raw: [],
        chain: [],
        fold: [],
        project: [],
      };
      for (let round = 0; round < ROUNDS; round += 1) {
        runs.raw.push(await rawConsume(connection, log.topic, EVENTS));
        runs.chain.push(await timed(EVENTS, () => readChain(log, () => undefined)));
        runs.fold.push(await timed(EVENTS, () => foldByStream(log)));
        runs.project.push(await timed(EVENTS, () => project(log)));
      }
      const raw = middle(runs.raw);
      const named = (name: string, ours: readonly Measured[]): Result =>
        resultOf({ name, inFlight: log.partitions }, middle(ours), raw);
      return [named('read-chain', runs.chain), named('fold', runs.fold), named('project', runs.project)];
    }),
  );

const MANY_EVENTS = 1_000_000;
const MANY_STREAMS = 50_000;
/** The raw rate is the same all along the topic. */
const RAW_EVENTS = 300_000;

/** A service that starts without its index on a topic of a million events: until it takes commands. */
export const kafkaCatchUpBenchmark = (): Promise<readonly Result[]> =>
  onKafka((connection) =>
    onFilled(connection, { events: MANY_EVENTS, streams: MANY_STREAMS, open: MANY_STREAMS }, async (log) => {
      const raw = await rawConsume(connection, log.topic, RAW_EVENTS);
      const ours = await inDirectory(async (directory) => {
        const index = await openEmbeddedIndex({ directory, service: 'orders' });
        const options = { log, index, platform: nodePlatform, source: 'benchmark', onTrouble };
        let store: EventStore | undefined;
        const measured = await timed(MANY_EVENTS, async () => (store = await EventStore.open(options)));
        await store?.close();
        await index.close();
        return measured;
      });
      return [{ ...resultOf({ name: 'catch-up', inFlight: log.partitions }, ours, raw), rssAnonMb: rssAnonMb() }];
    }),
  );

const readChain = async (
  log: PartitionedLog,
  onProgress: (progress: Progress, partition: number) => void,
): Promise<void> => {
  const state = beforeGenesis(await verifyChain(log, nodePlatform));
  const partitions = Array.from({ length: log.partitions }, async (_, partition) => {
    const reader = new ChainReader({ log, partition, platform: nodePlatform, state, follow: false });
    for (let progress = await reader.next(); progress; progress = await reader.next()) onProgress(progress, partition);
    await reader.close();
  });
  await Promise.all(partitions);
};

const foldByStream = async (log: PartitionedLog): Promise<void> => {
  const units = new Map<string, number>();
  let events = 0;
  await readChain(log, ({ commits }, partition) => {
    for (const { data, context } of eventsIn(commits, catalogue, { topic: log.topic, partition })) {
      units.set(context.stream, (units.get(context.stream) ?? 0) + data.quantity);
      events += 1;
    }
  });
  if (events !== EVENTS || units.size !== STREAMS)
    throw new Error(`${events} events of ${units.size} streams were folded`);
};

const project = async (log: PartitionedLog): Promise<void> =>
  inDirectory(async (directory) => {
    const store = await openEmbeddedReadModels({ directory });
    await projectAll(log, store);
    await store.close();
  });

const onTrouble = (cause: unknown): never => {
  throw new Error('it failed while it was measured', { cause });
};
