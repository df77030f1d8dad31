import { type Consumer, indexConsumer, readModelConsumers } from '@ledgerline/es-backup';
import type { PartitionedLog } from '@ledgerline/es-core';
import type { Adapters } from '@ledgerline/es-nest/adapters';
import { ordersTopic, paymentsTopic } from '@ledgerline/events';
import { TOPICS } from '../logs/shop-logs.js';

/** The services that keep an index of a topic they write, and the notes of progress in it beside those of reactors. */
const WRITERS = [
  { service: 'order-service', topic: ordersTopic.topic, notes: [] },
  { service: 'payment-service', topic: paymentsTopic.topic, notes: ['payment-expiry'] },
] as const;

/** Works with everything that was made from the logs, as far as it is reached from here, and closes it again. */
export const withConsumers = async <T>(
  adapters: Adapters,
  logs: readonly PartitionedLog[],
  run: (consumers: readonly Consumer[]) => Promise<T>,
): Promise<T> => {
  const closers: (() => unknown)[] = [];
  try {
    const store = await adapters.readModels();
    closers.push(() => store.close());
    const consumers = [...(await readModelConsumers(store))];
    for (const { service, topic, notes } of WRITERS) {
      const index = await adapters.index(service, () => undefined);
      closers.push(() => index.close());
      const partitions = logs.find((log) => log.topic === topic)?.partitions ?? 0;
      consumers.push(indexConsumer({ service, index, topic, partitions, notes, reactsTo: TOPICS }));
      const shared = sharedProgress(adapters, service, logs);
      if (shared) closers.push(() => shared.close());
      if (shared) consumers.push(shared);
    }
    return await run(consumers);
  } finally {
    for (const close of closers.reverse()) await close();
  }
};

/** On Kafka, what the instances of a service share of their reactors' progress. */
const sharedProgress = (
  { sharedProgress: open }: Adapters,
  service: string,
  logs: readonly PartitionedLog[],
): (Consumer & { close(): void }) | undefined => {
  const progress = open?.(service);
  return (
    progress && {
      name: `the progress of the reactors of the ${service}`,
      remedy: 'is forgotten: they begin at the beginning of the log, and record nothing twice',
      states: async () => {
        const all = await Promise.all(logs.map(({ topic, partitions }) => progress.load(topic, partitions)));
        return all.flatMap((states) => Object.entries(states));
      },
      drop: () => progress.forget(),
      close: () => progress.close(),
    }
  );
};
