import { CollectionLost } from '@ledgerline/es-core';
import type { ReadModelStore } from '@ledgerline/es-core/adapter';
import { assertSame } from '../specification/same.js';
import { failureOf, required } from './contract.js';
import {
  checkpointAt,
  collectionOf,
  fill,
  idsOf,
  loaded,
  PARCELS,
  type StoreCase,
  storedBy,
  write,
  writeOf,
} from './store-harness.js';

const KEY = 'parcels.events/3';
const OTHER = 'keepers-r2';

/** Collections and their checkpoints. */
export const STORE_COLLECTION_CASES: readonly StoreCase[] = [
  {
    name: 'has no collections at first, and lists those that were made',
    run: async ({ store }) => {
      assertSame(await store.collections(), []);
      await store.ensure(collectionOf());
      await store.ensure(collectionOf(OTHER, [[['n', 1]]]));
      assertSame([...(await store.collections())].sort(), [OTHER, PARCELS]);
    },
  },
  {
    name: 'keeps what a collection holds when it is ensured again, also with other indexes',
    run: async ({ store }) => {
      await fill(store, { a: { n: 2 }, b: { n: 1 } });
      await store.saveCheckpoint(PARCELS, KEY, checkpointAt(5));
      await store.ensure(collectionOf());
      await store.ensure(collectionOf(PARCELS, [[['n', 1]]]));
      await Promise.all([
        store.ensure(collectionOf(PARCELS, [[['n', 1]]])),
        store.ensure(collectionOf(PARCELS, [[['n', 1]]])),
      ]);
      assertSame(await idsOf(store, { sort: [['n', 1]], filter: { n: { $gt: 0 } } }), ['b', 'a']);
      assertSame(Object.fromEntries(await store.checkpoints(PARCELS)), { [KEY]: checkpointAt(5) });
      assertSame(await store.collections(), [PARCELS]);
    },
  },
  {
    name: 'keeps collections apart whose names begin alike',
    run: async ({ store }) => {
      const names = ['parcels-r1', 'parcels-r10', 'parcels', 'parcels-r'];
      for (const [i, name] of names.entries()) {
        await store.ensure(collectionOf(name, [[['n', 1]]]));
        await store.write(name, [writeOf('a', { n: i }), writeOf(`only in ${name}`, { n: i })]);
        await store.saveCheckpoint(name, KEY, checkpointAt(i + 1));
      }
      await store.drop('parcels-r1');
      for (const [i, name] of names.entries()) {
        assertSame(await idsOf(store, {}, name), i === 0 ? [] : ['a', `only in ${name}`]);
        assertSame(await idsOf(store, { filter: { n: i } }, name), i === 0 ? [] : ['a', `only in ${name}`]);
        assertSame((await store.checkpoints(name)).get(KEY), i === 0 ? undefined : checkpointAt(i + 1));
      }
    },
  },
  {
    name: 'drops a collection with its documents and checkpoints, and makes it anew',
    run: async ({ store }) => {
      await fill(store, { a: { n: 1 } }, [[['n', 1]]]);
      await store.saveCheckpoint(PARCELS, KEY, checkpointAt(5));
      await store.drop(PARCELS);
      assertSame(await store.collections(), []);
      await store.drop(PARCELS);
      await store.drop('never-there-r1');
      await store.ensure(collectionOf(PARCELS, [[['n', 1]]]));
      assertSame([await loaded(store, 'a'), await idsOf(store, {})], [[undefined], []]);
      assertSame(await idsOf(store, { filter: { n: 1 } }), []);
      assertSame((await store.checkpoints(PARCELS)).size, 0);
      await write(store, writeOf('a', { n: 2 }));
      await store.saveCheckpoint(PARCELS, KEY, checkpointAt(1));
      assertSame((await store.checkpoints(PARCELS)).get(KEY), checkpointAt(1));
    },
  },
  {
    name: 'keeps a checkpoint for each partition of each collection',
    run: async ({ store }) => {
      await store.ensure(collectionOf());
      await store.ensure(collectionOf(OTHER));
      assertSame((await store.checkpoints(PARCELS)).size, 0);
      const state = checkpointAt(7, { headOffset: 12, time: '2026-02-03T04:05:06.789Z' });
      await store.saveCheckpoint(PARCELS, KEY, state);
      await store.saveCheckpoint(PARCELS, 'stamps.events/3', checkpointAt(8));
      await store.saveCheckpoint(OTHER, KEY, checkpointAt(9));
      assertSame(Object.fromEntries(await store.checkpoints(PARCELS)), {
        [KEY]: state,
        'stamps.events/3': checkpointAt(8),
      });
      assertSame(Object.fromEntries(await store.checkpoints(OTHER)), { [KEY]: checkpointAt(9) });
    },
  },
  {
    name: 'moves a checkpoint forward only, within one log',
    run: async ({ store }) => {
      await store.ensure(collectionOf());
      const saved = async () => (await store.checkpoints(PARCELS)).get(KEY);
      await store.saveCheckpoint(PARCELS, KEY, checkpointAt(5));
      await store.saveCheckpoint(PARCELS, KEY, checkpointAt(10));
      assertSame(await saved(), checkpointAt(10));
      for (const ordinal of [9, 2, 1]) await store.saveCheckpoint(PARCELS, KEY, checkpointAt(ordinal));
      assertSame(await saved(), checkpointAt(10));
      await Promise.all([12, 30, 11, 25].map((ordinal) => store.saveCheckpoint(PARCELS, KEY, checkpointAt(ordinal))));
      assertSame(await saved(), checkpointAt(30));
      const ofAnotherLog = checkpointAt(3, { logId: 'log-2' });
      await store.saveCheckpoint(PARCELS, KEY, ofAnotherLog);
      assertSame(await saved(), ofAnotherLog);
    },
  },
  {
    name: 'refuses writes and checkpoints of a collection that is not there, and makes none',
    run: async ({ store }) => {
      await assertLost(store);
      await fill(store, { a: { n: 1 } });
      await store.saveCheckpoint(PARCELS, KEY, checkpointAt(5));
      await store.drop(PARCELS);
      await assertLost(store);
    },
  },
  {
    name: 'refuses writes and checkpoints of a collection that was dropped through another handle',
    needs: 'another',
    run: async ({ store, another }) => {
      const other = await required(another)();
      await fill(store, { a: { n: 1 } });
      await store.saveCheckpoint(PARCELS, KEY, checkpointAt(5));
      await other.drop(PARCELS);
      await assertLost(store);
    },
  },
  {
    name: 'shows what one handle wrote to another one',
    needs: 'another',
    run: async ({ store, another }) => {
      const other = await required(another)();
      await fill(store, { a: { n: 1 } }, [[['n', 1]]]);
      await store.saveCheckpoint(PARCELS, KEY, checkpointAt(5));
      assertSame(await loaded(other, 'a'), [storedBy(writeOf('a', { n: 1 }))]);
      assertSame(await idsOf(other, { filter: { n: 1 } }), ['a']);
      assertSame((await other.checkpoints(PARCELS)).get(KEY), checkpointAt(5));
      assertSame(await other.collections(), [PARCELS]);
    },
  },
  {
    name: 'holds everything after it was closed and opened again',
    needs: 'reopen',
    run: async ({ store, reopen }) => {
      const gone = { ...writeOf('gone'), document: undefined };
      await fill(store, { a: { n: 2 }, b: { n: 1 } }, [[['n', 1]]]);
      await write(store, gone);
      await store.saveCheckpoint(PARCELS, KEY, checkpointAt(5));
      await store.saveRecord('parcels', { live: PARCELS }, 0);
      const again = await required(reopen)();
      await again.ensure(collectionOf(PARCELS, [[['n', 1]]]));
      assertSame(await loaded(again, 'a', 'gone'), [storedBy(writeOf('a', { n: 2 })), storedBy(gone)]);
      assertSame(await idsOf(again, { sort: [['n', 1]], filter: { n: { $gt: 0 } } }), ['b', 'a']);
      assertSame(Object.fromEntries(await again.checkpoints(PARCELS)), { [KEY]: checkpointAt(5) });
      assertSame(
        [await again.record('parcels'), await again.collections()],
        [{ value: { live: PARCELS }, revision: 1 }, [PARCELS]],
      );
      assertSame(await again.write(PARCELS, [writeOf('b', { n: 9 })]), ['b']);
    },
  },
];

const assertLost = async (store: ReadModelStore): Promise<void> => {
  const write = await failureOf('a write', store.write(PARCELS, [writeOf('a', { n: 2 }, { expectedRevision: 1 })]));
  const first = await failureOf('the first write', store.write(PARCELS, [writeOf('b', { n: 2 })]));
  const nothing = await failureOf('a write of nothing', store.write(PARCELS, []));
  const checkpoint = await failureOf('a checkpoint', store.saveCheckpoint(PARCELS, KEY, checkpointAt(6)));
  for (const error of [write, first, nothing, checkpoint]) {
    if (!(error instanceof CollectionLost)) throw error;
    assertSame([error.code, error.retriable, error.facts], ['collection-lost', false, { collection: PARCELS }]);
  }
  assertSame([await store.collections(), await loaded(store, 'a', 'b')], [[], [undefined, undefined]]);
  assertSame((await store.checkpoints(PARCELS)).size, 0);
};
