import { environment, readConfig, storageOf } from '@ledgerline/shop-environment';
import type { JsonObject } from '@ledgerline/es-core';
import type { ReadModelStore } from '@ledgerline/es-core/adapter';
import { memoryReadModelStore } from '@ledgerline/es-testing';
import fc from 'fast-check';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { orderListQuery, type OrderListQuery, type PlaceInList } from './order-list.js';
import { orderPageIndexes } from './order-page.indexes.js';

const SEED = Number(process.env['FC_SEED'] ?? 1);

type Stored = { readonly orderId: string; readonly placedAt?: string; readonly status?: string } & JsonObject;

/** Few instants, customers and statuses, so that ties and misses are common; some pages whose order has not come in. */
const change = fc.record({
  order: fc.nat(15),
  minute: fc.nat(4),
  status: fc.constantFrom('created', 'confirmed', 'cancelled'),
  absent: fc.nat(5).map((n) => n === 0),
});
type Change = typeof change extends fc.Arbitrary<infer T> ? T : never;

const list = fc.record(
  {
    customerId: fc.constantFrom('a', 'b'),
    status: fc.constantFrom('created' as const, 'confirmed' as const),
    country: fc.constantFrom('France', 'EIRE'),
    from: fc.constantFrom(instant(0), instant(1)),
    to: fc.constantFrom(instant(3), instant(4)),
    sort: fc.constantFrom('placedAt' as const, '-placedAt' as const),
  },
  { requiredKeys: ['sort'] },
);

function instant(minute: number): string {
  return `2010-12-01T08:0${minute}:00.000Z`;
}

/** What never changes of an order depends on its number alone; a later change moves its status. */
const pageOf = ({ order, minute, status, absent }: Change, before: Stored | undefined): Stored => {
  const orderId = `o${order}`;
  if (absent && !before?.placedAt) return { orderId };
  const customerId = order % 3 === 0 ? 'a' : 'b';
  const country = order % 2 === 0 ? 'France' : 'EIRE';
  return { orderId, customerId, country, status, placedAt: before?.placedAt ?? instant(minute) };
};

class Shelf {
  constructor(
    readonly store: ReadModelStore,
    readonly collection: string,
  ) {}

  async put(one: Change): Promise<void> {
    const id = `o${one.order}`;
    const before = (await this.store.load(this.collection, [id])).get(id);
    const document = pageOf(one, before?.document as Stored | undefined);
    await this.store.write(this.collection, [{ id, document, positions: {}, expectedRevision: before?.revision ?? 0 }]);
  }

  async page(query: OrderListQuery, after: PlaceInList | undefined, limit?: number): Promise<PlaceInList[]> {
    const found = await this.store.find(this.collection, {
      ...orderListQuery(query, after),
      ...(limit !== undefined && { limit }),
    });
    return found.map(({ document }) => document as PlaceInList & JsonObject);
  }
}

const stores: readonly (readonly [string, (directory: string) => Promise<ReadModelStore>])[] = [
  ['in memory', () => Promise.resolve(memoryReadModelStore())],
  ['embedded', async (DATA_DIR) => (await storageOf(readConfig(environment, { DATA_DIR }))).openReadModels()],
];

describe.each(stores)(`pages of orders while orders come in and change, %s (seed ${SEED})`, (_, open) => {
  let directory: string;
  let store: ReadModelStore;

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'order-list-'));
    store = await open(directory);
  });

  afterAll(async () => {
    await store.close();
    await rm(directory, { recursive: true });
  });

  it('hold every order that was in the list all along once, in the order that was asked for', async () => {
    let run = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.array(change, { maxLength: 30 }),
        list,
        fc.integer({ min: 1, max: 4 }),
        fc.array(fc.array(change, { maxLength: 5 }), { maxLength: 20 }),
        async (first, query, limit, meanwhile) => {
          const collection = `orders-${(run += 1)}`;
          await store.ensure({ name: collection, indexes: orderPageIndexes });
          const shelf = new Shelf(store, collection);
          for (const one of first) await shelf.put(one);
          const inList = async (): Promise<string[]> =>
            (await shelf.page(query, undefined)).map(({ orderId }) => orderId);
          let always = await inList();
          const listed: PlaceInList[] = [];
          for (let after: PlaceInList | undefined; ; after = listed.at(-1)) {
            const page = await shelf.page(query, after, limit);
            listed.push(...page);
            if (page.length < limit) break;
            for (const one of meanwhile.shift() ?? []) {
              await shelf.put(one);
              const now = new Set(await inList());
              always = always.filter((id) => now.has(id));
            }
          }
          const ids = listed.map(({ orderId }) => orderId);
          expect(new Set(ids).size).toBe(ids.length);
          expect(ids).toEqual(expect.arrayContaining(always));
          const sign = query.sort === 'placedAt' ? 1 : -1;
          const sorted = [...listed].sort(
            (a, b) => sign * compare(a.placedAt, b.placedAt) || compare(a.orderId, b.orderId),
          );
          expect(listed).toEqual(sorted);
          await store.drop(collection);
        },
      ),
      { seed: SEED, numRuns: 150 },
    );
  }, 60_000);
});

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
