import type { JsonObject } from '@ledgerline/es-core';
import type { ReadModelStore } from '@ledgerline/es-core/adapter';
import { assertSame } from '../specification/same.js';
import { required } from './contract.js';
import type { StoreCase } from './store-harness.js';

/** Records beside the collections: what a projection keeps about itself. */
export const STORE_RECORD_CASES: readonly StoreCase[] = [
  {
    name: 'has no record before one was saved, and gives back what was',
    run: async ({ store }) => {
      const value: JsonObject = {
        live: 'parcels-r1-g1',
        none: null,
        list: [1, { two: 'zwei, 二' }],
        deep: { er: true },
      };
      assertSame(await store.record('parcels'), undefined);
      assertSame(await store.saveRecord('parcels', value, 0), true);
      assertSame(await store.record('parcels'), { value, revision: 1 });
      assertSame(await store.collections(), []);
    },
  },
  {
    name: 'replaces a record as a whole, and only from the revision that was expected',
    run: async ({ store }) => {
      assertSame(await store.saveRecord('parcels', { n: 0 }, 1), false);
      assertSame(await store.record('parcels'), undefined);
      await store.saveRecord('parcels', { old: 1, both: 1 }, 0);
      assertSame(await store.saveRecord('parcels', { n: 2 }, 0), false);
      assertSame(await store.saveRecord('parcels', { n: 2 }, 2), false);
      assertSame(await store.saveRecord('parcels', { both: 2 }, 1), true);
      assertSame(await store.saveRecord('parcels', { n: 3 }, 1), false);
      assertSame(await store.record('parcels'), { value: { both: 2 }, revision: 2 });
    },
  },
  {
    name: 'keeps records apart whose names begin alike',
    run: async ({ store }) => {
      const names = ['parcels', 'parcels-2', 'parcels/1', 'order'];
      for (const [n, name] of names.entries()) assertSame(await store.saveRecord(name, { n }, 0), true);
      for (const [n, name] of names.entries()) assertSame((await store.record(name))?.value, { n });
    },
  },
  {
    name: 'keeps a record when a collection of its name is dropped',
    run: async ({ store }) => {
      await store.ensure({ name: 'parcels', indexes: [] });
      await store.saveRecord('parcels', { n: 1 }, 0);
      await store.drop('parcels');
      assertSame(await store.record('parcels'), { value: { n: 1 }, revision: 1 });
    },
  },
  {
    name: 'lets exactly one of several who save a record win',
    run: async ({ store }) => assertOneSaves([store, store, store, store]),
  },
  {
    name: 'lets exactly one of several who save a record through two handles win',
    needs: 'another',
    run: async ({ store, another }) => {
      const other = await required(another)();
      await assertOneSaves([store, other, store, other]);
    },
  },
];

const assertOneSaves = async (stores: readonly ReadModelStore[]): Promise<void> => {
  for (let revision = 0; revision < 5; revision += 1) {
    const answers = await Promise.all(stores.map((store, by) => store.saveRecord('parcels', { by }, revision)));
    const winners = answers.flatMap((saved, by) => (saved ? [by] : []));
    assertSame(winners.length, 1, `saves that won revision ${revision + 1}`);
    for (const store of stores)
      assertSame(await store.record('parcels'), { value: { by: winners[0] }, revision: revision + 1 });
  }
};
