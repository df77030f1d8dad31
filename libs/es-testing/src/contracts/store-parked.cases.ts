import type { DocumentWrite, ReadModelStore } from '@ledgerline/es-core/adapter';
import { assertSame } from '../specification/same.js';
import { required } from './contract.js';
import {
  collectionOf,
  idsOf,
  loaded,
  PARCELS,
  parkedAt,
  type StoreCase,
  storedBy,
  write,
  writeOf,
} from './store-harness.js';

const OTHER = 'keepers-r2';

/** Documents that are not folded on: parked, listed, counted, and no longer so. */
export const STORE_PARKED_CASES: readonly StoreCase[] = [
  {
    name: 'gives a parked document back as it was parked, and finds it as it last was',
    run: async ({ store }) => {
      const parked = writeOf('a', { n: 1 }, { expectedRevision: 1, parked: parkedAt(7) });
      await store.ensure(collectionOf(PARCELS, [[['n', 1]]]));
      await write(store, writeOf('a', { n: 1 }), writeOf('b', { n: 2 }));
      await write(store, parked);
      assertSame(await loaded(store, 'a'), [storedBy(parked)]);
      assertSame(await store.find(PARCELS, { filter: { n: 1 } }), [storedBy(parked)]);
      assertSame(await idsOf(store, { sort: [['n', -1]] }), ['b', 'a']);
      assertSame(await listed(store), [storedBy(parked)]);
    },
  },
  {
    name: 'parks a document that is not there, and one that is a tombstone: listed, never found',
    run: async ({ store }) => {
      const never = tombstone('a', { parked: parkedAt(3) });
      const gone = tombstone('b', { expectedRevision: 1, parked: parkedAt(4) });
      await store.ensure(collectionOf());
      await write(store, never, writeOf('b'));
      await write(store, gone);
      assertSame(await listed(store), [storedBy(never), storedBy(gone)]);
      assertSame(await loaded(store, 'a', 'b'), [storedBy(never), storedBy(gone)]);
      assertSame(await idsOf(store, {}), []);
    },
  },
  {
    name: 'ends the parking by a write without it, and replaces it by a write with it',
    run: async ({ store }) => {
      await store.ensure(collectionOf());
      await write(store, writeOf('a', { n: 1 }, { parked: parkedAt(7) }), writeOf('b', {}, { parked: parkedAt(1) }));
      const again = writeOf('b', {}, { parked: parkedAt(9), expectedRevision: 1 });
      await write(store, writeOf('a', { n: 2 }, { expectedRevision: 1 }), again);
      assertSame(await listed(store), [storedBy(again)]);
      assertSame((await loaded(store, 'a'))[0], { ...storedBy(writeOf('a', { n: 2 })), revision: 2 });
      assertSame([await store.countParked(PARCELS), await idsOf(store, {})], [1, ['a', 'b']]);
    },
  },
  {
    name: 'neither parks nor ends it by a write that is refused',
    run: async ({ store }) => {
      await store.ensure(collectionOf());
      await write(store, writeOf('a', {}, { parked: parkedAt(7) }), writeOf('b'));
      const stale = [writeOf('a'), writeOf('b', {}, { parked: parkedAt(8) })];
      assertSame([...(await store.write(PARCELS, stale))].sort(), ['a', 'b']);
      assertSame(
        (await listed(store)).map(({ id }) => id),
        ['a'],
      );
      assertSame(await store.countParked(PARCELS), 1);
    },
  },
  {
    name: 'lists parked documents page by page, in the order of their ids by code unit',
    run: async ({ store }) => {
      const ids = ['10', '9', 'A', 'a', 'a b', 'ab', 'all#parcels.events/0', 'ä', '東京'];
      await store.ensure(collectionOf());
      await write(store, ...[...ids].reverse().map((id) => writeOf(id, {}, { parked: parkedAt(7) })), writeOf('aa'));
      const pages: string[][] = [];
      for (let after: string | undefined; pages.length < ids.length;) {
        const page = await store.parked(PARCELS, { limit: 2, ...(after !== undefined && { after }) });
        if (page.length === 0) break;
        pages.push(page.map(({ id }) => id));
        after = page.at(-1)?.id;
      }
      assertSame(pages, [['10', '9'], ['A', 'a'], ['a b', 'ab'], ['all#parcels.events/0', 'ä'], ['東京']]);
      assertSame(
        (await store.parked(PARCELS, { limit: 9, after: 'aa' })).map(({ id }) => id),
        ids.slice(5),
      );
      assertSame(await store.countParked(PARCELS), ids.length);
    },
  },
  {
    name: 'counts and lists the parked documents of one collection, none where there is none',
    run: async ({ store }) => {
      await store.ensure(collectionOf());
      await store.ensure(collectionOf(OTHER));
      await write(store, writeOf('a', {}, { parked: parkedAt(7) }));
      assertSame([await store.countParked(OTHER), await store.parked(OTHER, { limit: 9 })], [0, []]);
      assertSame([await store.countParked('none'), await store.parked('none', { limit: 9 })], [0, []]);
      await store.drop(PARCELS);
      await store.ensure(collectionOf());
      assertSame([await store.countParked(PARCELS), await listed(store)], [0, []]);
    },
  },
  {
    name: 'tells the furthest that any document has applied or missed, of each partition',
    run: async ({ store }) => {
      await store.ensure(collectionOf());
      await store.ensure(collectionOf(OTHER));
      assertSame(await store.furthest(PARCELS), {});
      await write(
        store,
        writeOf('a'),
        writeOf('b', {}, { positions: { 'parcels.events/3': 9, 'parcels.events/1': 4 } }),
      );
      assertSame(await store.furthest(PARCELS), { 'parcels.events/3': 12, 'parcels.events/1': 4 });
      await write(store, tombstone('c', { positions: { 'parcels.events/1': 30 } }));
      assertSame(await store.furthest(PARCELS), { 'parcels.events/3': 12, 'parcels.events/1': 30 });
      await write(store, writeOf('d', {}, { positions: {}, parked: parkedAt(20) }));
      const missed = { 'parcels.events/3': 25, 'parcels.events/1': 30, 'stamps.events/0': 3 };
      assertSame(await store.furthest(PARCELS), missed);
      assertSame([await store.furthest(OTHER), await store.furthest('none')], [{}, {}]);
    },
  },
  {
    name: 'holds parked documents after it was closed and opened again',
    needs: 'reopen',
    run: async ({ store, reopen }) => {
      const parked = writeOf('a', { n: 1 }, { parked: parkedAt(7) });
      await store.ensure(collectionOf());
      await write(store, parked);
      const again = await required(reopen)();
      assertSame(await again.parked(PARCELS, { limit: 9 }), [storedBy(parked)]);
      assertSame(await again.countParked(PARCELS), 1);
    },
  },
];

const listed = (store: ReadModelStore) => store.parked(PARCELS, { limit: 100 });

const tombstone = (id: string, more: Partial<DocumentWrite>): DocumentWrite => ({
  ...writeOf(id, {}, more),
  document: undefined,
});
