import { cartEvents } from '@ledgerline/events';
import { defineProjection, EsError, type Projection } from '@ledgerline/es-core';
import type { PartitionedLog, ReadModelStore } from '@ledgerline/es-core/adapter';
import { ProjectionRunner, verifyChain } from '@ledgerline/es-core/runtime';
import { nodePlatform } from '@ledgerline/es-embedded';
import { z } from 'zod';

const cartUnits = (topic: string): Projection =>
  defineProjection({
    ...{ name: 'cart-units', revision: 1, from: [{ ...cartEvents, topic }], document: z.object({ units: z.int() }) },
    on: {
      ItemAddedToCart: {
        document: ({ context }) => context.stream,
        fold: (cart, { data }) => ({ units: (cart?.units ?? 0) + data.quantity }),
      },
    },
  });

/** Where `projectAll` puts its documents. */
export const COLLECTION = 'cart-units-r1-g1';

const WITHIN_MS = 600_000;

/** Projects the whole topic into a document for each stream, in a store that has none yet. */
export const projectAll = async (log: PartitionedLog, store: ReadModelStore): Promise<void> => {
  const logId = await verifyChain(log, nodePlatform);
  await store.ensure({ name: COLLECTION, indexes: [] });
  const runner = new ProjectionRunner({
    ...{ projection: cartUnits(log.topic), sources: [{ log, logId }] },
    ...{ store, collection: COLLECTION, platform: nodePlatform, parkedLimit: 0, onTrouble },
  });
  await runner.start();
  // Nothing but ours is in the topic, so the last record's ordinal is the number of records.
  for (let partition = 0; partition < log.partitions; partition += 1) {
    const { end } = await log.bounds(partition);
    const applied = await runner.waitFor({ topic: log.topic, partition, ordinal: end }, WITHIN_MS);
    if (!applied) throw new Error(`${log.topic}/${partition} was not projected within ${WITHIN_MS / 60_000} minutes`);
  }
  await runner.close();
};

/** What is tried again costs the time that it takes. */
const onTrouble = (error: unknown): void => {
  if (!(error instanceof EsError) || !error.retriable)
    throw new Error('projecting failed while it was measured', { cause: error });
  console.error(error);
};
