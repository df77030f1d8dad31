import { type Consumer, indexConsumer, reactorsConsumer, readModelConsumers } from '@ledgerline/es-backup';
import type { ProgressByPartition, SharedProgress, Storage } from '@ledgerline/es-core/adapter';
import type { DoubtOptions } from '@ledgerline/es-nest/extension';
import { orderEvents, paymentEvents } from '@ledgerline/events';
import { clockLimitMs } from '../environment.js';
import { TOPICS } from '../logs/topics.js';

/** The services that keep an index of a topic they write. */
const WRITERS = [
  { service: 'order-service', topic: orderEvents.topic },
  { service: 'payment-service', topic: paymentEvents.topic },
] as const;

/** Works with everything that was made from the logs, as far as it is reached from here, and closes it again. */
export const withConsumers = async <T>(
  storage: Storage,
  logs: DoubtOptions['reactsTo'],
  run: (consumers: readonly Consumer[]) => Promise<T>,
): Promise<T> => {
  const closers: (() => unknown)[] = [];
  try {
    const store = await storage.openReadModels();
    closers.push(() => store.close());
    const consumers = [...(await readModelConsumers(store))];
    for (const { service, topic } of WRITERS) {
      const index = await storage.openIndex(service, () => undefined);
      closers.push(() => index.close());
      const partitions = logs.find((log) => log.topic === topic)?.partitions ?? 0;
      consumers.push(indexConsumer({ service, index, topic, partitions, reactsTo: TOPICS }));
      consumers.push(reactorsConsumer(service, storage.openProgress(service)));
      const shared = storage.openSharedProgress?.(service);
      if (!shared) continue;
      closers.push(() => shared.close());
      const load = (): Promise<ProgressByPartition> => loadShared(shared, logs);
      consumers.push(reactorsConsumer(service, { load, forget: () => shared.forget() }));
    }
    return await run(consumers);
  } finally {
    for (const close of closers.reverse()) await close();
  }
};

/** Not the services' own, which may be ahead of the log, and say so until they are dropped. */
const SCRATCH_INDEX = 'restore-accept';

/** Has every service's reactors leave to a person what may have been done, and whose outcome the logs may have lost. */
export const doubtAllOutcomes = async (storage: Storage, reactsTo: DoubtOptions['reactsTo']): Promise<void> => {
  // Only here: it brings a web framework, which takes three times as long to load as all else.
  const { doubtOutcomes } = await import('@ledgerline/es-nest/extension');
  const maxClockSkewMs = clockLimitMs();
  for (const { service, topic } of WRITERS) {
    const log = await storage.openLog(topic, { role: 'writer' });
    const index = await storage.openIndex(SCRATCH_INDEX, () => undefined);
    try {
      await index.clear();
      await doubtOutcomes({ service, log, index, platform: storage.platform, reactsTo, maxClockSkewMs });
      await index.clear();
    } finally {
      await index.close();
      await log.close();
    }
  }
};

const loadShared = async (shared: SharedProgress, logs: DoubtOptions['reactsTo']): Promise<ProgressByPartition> => {
  const all = await Promise.all(logs.map(({ topic, partitions }) => shared.load(topic, partitions)));
  return Object.assign({}, ...all) as ProgressByPartition;
};
