import type { Filter, JsonObject } from '@ledgerline/es-core';
import { assertSame } from '../specification/same.js';
import { required } from './contract.js';
import { collectionOf, idsOf, loaded, PARCELS, type StoreCase, storedBy, write, writeOf } from './store-harness.js';

const RICH: JsonObject = {
  ...{ text: 'Käse, 東京, 🛒, "\n"', empty: '', zero: 0, fraction: 2.55, large: 9_007_199_254_740_991, negative: -1 },
  ...{ yes: true, no: false, nothing: null, list: [1, 'two', [3], { four: 4 }, null], none: [], blank: {} },
  ...{ id: 'not the key', revision: 'mine', positions: { mine: 1 }, document: 'mine', version: 'mine' },
  nested: { lines: [{ sku: 'BANK CHARGES', unitPrice: { amount: '2.55', currency: 'GBP' } }] },
};

/** Documents by id: `load`, `write`, tombstones. */
export const STORE_WRITE_CASES: readonly StoreCase[] = [
  {
    name: 'loads nothing where nothing was written',
    run: async ({ store }) => {
      await store.ensure(collectionOf());
      assertSame(await loaded(store, 'a', 'b'), [undefined, undefined]);
      assertSame((await store.load(PARCELS, [])).size, 0);
      assertSame(await store.write(PARCELS, []), []);
    },
  },
  {
    name: 'gives back what was written, with its positions and revision 1',
    run: async ({ store }) => {
      const writes = [
        writeOf('a', RICH, { positions: { 'parcels.events/0': 7, 'stamps.events/3': 9_007_199_254_740_991 } }),
        writeOf('b', {}, { positions: {} }),
      ];
      await store.ensure(collectionOf());
      await write(store, ...writes);
      assertSame(await loaded(store, 'b', 'a', 'c'), [...writes.map(storedBy).reverse(), undefined]);
    },
  },
  {
    name: 'takes any id of printable characters for what it is',
    run: async ({ store }) => {
      const ids = [
        'a',
        'A',
        'a.b',
        'a b',
        '$a',
        'total#parcels.events/0',
        'total#parcels.events/10',
        'ä',
        '東京',
        '10',
        '9',
      ];
      await store.ensure(collectionOf());
      await write(store, ...ids.map((id) => writeOf(id)));
      assertSame(
        await loaded(store, ...ids),
        ids.map((id) => storedBy(writeOf(id))),
      );
    },
  },
  {
    name: 'replaces a document as a whole and counts its revisions',
    run: async ({ store }) => {
      await store.ensure(collectionOf());
      await write(store, writeOf('a', { old: 1, both: 1 }));
      const second = writeOf('a', { both: 2 }, { expectedRevision: 1, positions: { 'parcels.events/1': 3 } });
      await write(store, second);
      assertSame(await loaded(store, 'a'), [storedBy(second)]);
      for (let revision = 2; revision < 12; revision += 1)
        await write(store, writeOf('a', {}, { expectedRevision: revision }));
      assertSame((await loaded(store, 'a'))[0]?.revision, 12);
    },
  },
  {
    name: 'leaves a document as it is when the write expected none, or another revision',
    run: async ({ store }) => {
      const second = writeOf('a', { n: 2 }, { expectedRevision: 1 });
      await store.ensure(collectionOf());
      await write(store, writeOf('a', { n: 1 }));
      await write(store, second);
      for (const expectedRevision of [0, 1, 3]) {
        const stale = writeOf('a', { n: -1 }, { expectedRevision, positions: {} });
        assertSame(await store.write(PARCELS, [stale]), ['a'], `a write that expected revision ${expectedRevision}`);
      }
      assertSame(await loaded(store, 'a'), [storedBy(second)]);
      assertSame(await idsOf(store, { filter: { n: -1 } }), []);
    },
  },
  {
    name: 'does not make a document when the write expected one',
    run: async ({ store }) => {
      await store.ensure(collectionOf());
      assertSame(await store.write(PARCELS, [writeOf('a', { n: 1 }, { expectedRevision: 1 })]), ['a']);
      assertSame(await loaded(store, 'a'), [undefined]);
    },
  },
  {
    name: 'writes the others when some are refused, and answers those',
    run: async ({ store }) => {
      await store.ensure(collectionOf());
      await write(store, writeOf('b'), writeOf('d'));
      const writes = ['a', 'b', 'c', 'd', 'e'].map((id) => writeOf(id, { new: id }));
      assertSame([...(await store.write(PARCELS, writes))].sort(), ['b', 'd']);
      assertSame(
        (await loaded(store, 'a', 'b', 'c', 'd', 'e')).map((stored) => stored?.document),
        [{ new: 'a' }, { id: 'b' }, { new: 'c' }, { id: 'd' }, { new: 'e' }],
      );
    },
  },
  {
    name: 'lets exactly one of several writes of the same revision win',
    run: async ({ store }) => {
      await store.ensure(collectionOf());
      await assertOneWins(Array.from({ length: 8 }, () => store));
    },
  },
  {
    name: 'lets exactly one of several writes through two handles win',
    needs: 'another',
    run: async ({ store, another }) => {
      await store.ensure(collectionOf());
      const other = await required(another)();
      await assertOneWins([store, other, other, store, other, store]);
    },
  },
  {
    name: 'keeps a tombstone with its positions, loads it and never finds it',
    run: async ({ store }) => {
      const positions = { 'parcels.events/1': 9 };
      const gone = { ...writeOf('a', {}, { expectedRevision: 1, positions }), document: undefined };
      const never = { ...writeOf('b'), document: undefined };
      await store.ensure(collectionOf(PARCELS, [[['n', 1]]]));
      await write(store, writeOf('a', { n: 1 }), writeOf('c', { n: 1 }));
      await write(store, gone, never);
      assertSame(await loaded(store, 'a', 'b'), [storedBy(gone), storedBy(never)]);
      const filters: readonly Filter[] = [{}, { n: 1 }, { n: { $ne: 2 } }, { $or: [{ n: null }, { n: 1 }] }];
      for (const filter of filters) assertSame(await idsOf(store, { filter }), ['c'], `by ${JSON.stringify(filter)}`);
      assertSame(await idsOf(store, { filter: { n: null } }), []);
      assertSame(await idsOf(store, { sort: [['n', 1]] }), ['c']);
      assertSame(await idsOf(store, { limit: 1 }), ['c']);
    },
  },
  {
    name: 'counts revisions on through a tombstone: it is there, and may come back',
    run: async ({ store }) => {
      await store.ensure(collectionOf());
      await write(store, writeOf('a', { n: 1 }));
      await write(store, { ...writeOf('a'), document: undefined, expectedRevision: 1 });
      assertSame(await store.write(PARCELS, [writeOf('a', { n: 2 })]), ['a'], 'a write that expected no document');
      const back = writeOf('a', { n: 3 }, { expectedRevision: 2 });
      await write(store, back);
      assertSame(await loaded(store, 'a'), [storedBy(back)]);
      assertSame(await idsOf(store, { filter: { n: 3 } }), ['a']);
    },
  },
  {
    name: 'takes 500 documents in one call',
    run: async ({ store }) => {
      const writes = Array.from({ length: 500 }, (_, i) => writeOf(`parcel-${i}`, { n: i, text: 'x'.repeat(500) }));
      await store.ensure(collectionOf());
      await write(store, ...writes);
      assertSame(await loaded(store, ...writes.map(({ id }) => id)), writes.map(storedBy));
      assertSame((await store.find(PARCELS, {})).length, 500);
    },
  },
];

const assertOneWins = async (stores: readonly Parameters<typeof loaded>[0][]): Promise<void> => {
  for (let expectedRevision = 0; expectedRevision < 10; expectedRevision += 1) {
    const answers = await Promise.all(
      stores.map((store, by) => store.write(PARCELS, [writeOf('a', { by }, { expectedRevision })])),
    );
    const winners = answers.flatMap((conflicts, by) => (conflicts.length === 0 ? [by] : []));
    assertSame(winners.length, 1, `writes that won revision ${expectedRevision + 1}`);
    for (const store of stores.slice(0, 2)) {
      const [stored] = await loaded(store, 'a');
      assertSame([stored?.document, stored?.revision], [{ by: winners[0] }, expectedRevision + 1]);
    }
  }
};
