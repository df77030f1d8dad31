import { parsePosition, partitionKey } from '@ledgerline/es-core';
import { z } from 'zod';
import type { ServiceClient } from '../http/service-client.js';
import type { Shop } from '../http/shop.js';

const headsAnswer = z.object({ items: z.array(z.object({ position: z.string() })) });
const reactorsAnswer = z.object({
  items: z.array(
    z.object({
      name: z.string(),
      partitions: z.array(
        z.object({ topic: z.string(), partition: z.number(), ordinal: z.number(), failure: z.string().optional() }),
      ),
    }),
  ),
});
const generation = z.object({
  ...{ number: z.number(), revision: z.number(), state: z.string(), standsStill: z.boolean(), parked: z.number() },
  progress: z
    .object({ percent: z.number(), eventsPerSecond: z.number(), secondsLeft: z.number().optional() })
    .optional(),
  heldBack: z.boolean().optional(),
});

/** A making of a read model's documents. */
export type Generation = z.output<typeof generation>;

export const generationsAnswer = z.object({ name: z.string(), generations: z.array(generation) });

const projectionsAnswer = z.object({
  items: z.array(
    z.object({
      name: z.string(),
      revision: z.number(),
      generations: z.array(generation),
      partitions: z.array(
        z.object({
          ...{ topic: z.string(), partition: z.number(), ordinal: z.number(), refused: z.number() },
          ...{ head: z.number().optional(), lag: z.number().optional() },
          failure: z.object({ code: z.string(), message: z.string() }).optional(),
        }),
      ),
    }),
  ),
});

/** Per `topic/partition`: how many records count. */
export type Heads = ReadonlyMap<string, number>;

/** How far one reader has come in one partition. */
export interface ReaderProgress {
  readonly reader: string;
  readonly topic: string;
  readonly partition: number;
  readonly ordinal: number;
  readonly head?: number;
  readonly lag?: number;
  /** Why it stands still. */
  readonly failure?: string;
}

/** Where the logs of both writing services end now. */
export const readHeads = async ({ orders, payments }: Pick<Shop, 'orders' | 'payments'>): Promise<Heads> => {
  const answers = await Promise.all([orders, payments].map((one) => one.json({ path: '/log' }, headsAnswer)));
  const positions = answers.flatMap(({ items }) => items.flatMap(({ position }) => parsePosition(position) ?? []));
  return new Map(positions.map(({ topic, partition, ordinal }) => [partitionKey(topic, partition), ordinal]));
};

/** How far the reactors of both writing services have come. */
export const readReactors = async ({
  orders,
  payments,
}: Pick<Shop, 'orders' | 'payments'>): Promise<ReaderProgress[]> =>
  (await Promise.all([reactorsOf(orders), reactorsOf(payments)])).flat();

const reactorsOf = async (client: ServiceClient): Promise<ReaderProgress[]> => {
  const { items } = await client.json({ path: '/reactors' }, reactorsAnswer);
  return items.flatMap(({ name, partitions }) => partitions.map((partition) => ({ reader: name, ...partition })));
};

export type Projections = z.output<typeof projectionsAnswer>['items'];

export const readProjections = async ({ projections }: Pick<Shop, 'projections'>): Promise<Projections> =>
  (await projections.json({ path: '/projections' }, projectionsAnswer)).items;
