import { describe, expect, it } from '@jest/globals';
import { defineProjection, partitionKey, type Projection, type Recorded } from '@ledgerline/es-core';
import { applyEvents, beforeGenesis, WrittenDocuments } from '@ledgerline/es-core/runtime';
import fc from 'fast-check';
import { memoryReadModelStore } from '../memory/memory-read-model-store.js';
import { simulatedTime } from '../platform/simulated-time.js';
import { type Documents, foldDocuments } from '../specification/fold-documents.js';
import { recorded } from '../specification/recorded.js';
import { type JarEvent, jarEvents } from './fixtures/coin-jar.js';
import { dyingStore, Killed } from './fixtures/faulty-store.js';
import { anyDocument, coinsOf, everyCoin, jarPages, totals } from './fixtures/jar-projections.js';

const SEED = Number(process.env['FC_SEED'] ?? 1);
const PARTITIONS = 2;
const platform = simulatedTime({ seed: SEED });

/** Several partitions feed each document: all sums, so that the order of partitions does not matter. */
type Sum = { readonly coins: number; readonly events: number };
const sums = defineProjection({
  ...{ name: 'sums', revision: 1, from: [jarEvents], document: anyDocument<Sum>() },
  on: everyCoin<Sum>({
    document: ({ context }) => ['all', `jar-${context.ordinal % 3}`],
    fold: (sum = { coins: 0, events: 0 }, event) => ({ coins: sum.coins + coinsOf(event), events: sum.events + 1 }),
  }),
});

/** Of one partition, ordinals growing, with gaps where something else counted. */
const soup = (partition: number): fc.Arbitrary<Recorded<JarEvent>[]> =>
  fc.array(fc.record({ jar: fc.nat(2), taken: fc.nat(3), gap: fc.nat(2) }), { maxLength: 12 }).map((parts) => {
    let ordinal = 1;
    return parts.map(({ jar, taken, gap }) => {
      ordinal += 1 + gap;
      const stream = `jar-${partition}${jar}`;
      const event: JarEvent =
        taken > 1 ? { type: 'CoinsTaken', data: { coins: taken } } : { type: 'CoinAdded', data: {} };
      return recorded(event, { stream, id: `${stream}@${ordinal}`, partition, ordinal });
    });
  });

/** What one of two runners may do: read some events of a partition from anywhere it was before, and die at some write. */
const deliveries = fc.array(
  fc.record({
    ...{ runner: fc.nat(1), partition: fc.nat(PARTITIONS - 1), back: fc.nat(5), count: fc.nat(6), diesAt: fc.nat(8) },
  }),
  { maxLength: 30 },
);

interface Delivery {
  readonly runner: number;
  readonly partition: number;
  readonly from: number;
  readonly to: number;
  readonly diesAt: number;
}

const plain = (documents: Documents<object>): unknown => Object.fromEntries(documents);

describe(`documents, whatever is delivered how often and wherever it stops (seed ${SEED})`, () => {
  it.each([jarPages, totals, sums] as Projection[])('are those of a straight fold: $name', async (projection) => {
    await fc.assert(
      fc.asyncProperty(soup(0), soup(1), deliveries, async (first, second, plan) => {
        const soups = [first, second];
        const store = memoryReadModelStore();
        await store.ensure({ name: 'c', indexes: [] });
        const read = [0, 0];
        // What one has written the other does not know, nor does it what is stored meanwhile.
        const runners = [new WrittenDocuments(), new WrittenDocuments()] as const;
        const deliver = async ({ runner, partition, from, to, diesAt }: Delivery): Promise<void> => {
          const events = soups[partition]?.slice(from, to) ?? [];
          const written = runners[runner] ?? runners[0];
          const key = partitionKey('test.events', partition);
          const applied = await applyEvents({
            ...{ projection, store: dyingStore(store, diesAt), collection: 'c', platform, key, events },
            ...{ from: beforeGenesis('log'), parkedLimit: 0, known: (id: string) => written.find(id) },
            onParked: (error) => {
              throw error;
            },
          });
          written.replace(key, applied);
          read[partition] = Math.max(read[partition] ?? 0, to);
        };
        for (const { partition, back, count, ...one } of plan) {
          const from = Math.max(0, (read[partition] ?? 0) - back);
          const diesAt = one.diesAt === 0 ? Infinity : one.diesAt;
          await deliver({ ...one, partition, from, to: from + count, diesAt }).catch((error: unknown) => {
            if (!(error instanceof Killed)) throw error;
          });
        }
        for (const partition of [0, 1]) {
          const from = read[partition] ?? 0;
          await deliver({ runner: partition, partition, from, to: Infinity, diesAt: Infinity });
        }
        const found = await store.find('c', {});
        expect(Object.fromEntries(found.map(({ id, document }) => [id, document]))).toEqual(
          plain(foldDocuments(projection, soups.flat())),
        );
      }),
      { seed: SEED, numRuns: 500 },
    );
  });
});
