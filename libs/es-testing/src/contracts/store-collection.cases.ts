import { assertSame } from '../specification/same.js';
import { required } from './contract.js';
import {
  checkpointAt,
  collectionOf,
  fill,
  idsOf,
  loaded,
  ORDERS,
  type StoreCase,
  storedBy,
  write,
  writeOf,
} from './store-harness.js';

const KEY = 'orders.events/3';
const OTHER = 'customers-r2';

/** Collections, checkpoints and which collection answers. */
export const STORE_COLLECTION_CASES: readonly StoreCase[] = [
  {
    name: 'has no collections at first, and lists those that were made',
    run: async ({ store }) => {
      assertSame(await store.collections(), []);
      await store.ensure(collectionOf());
      await store.ensure(collectionOf(OTHER, [[['n', 1]]]));
      assertSame([...(await store.collections())].sort(), [OTHER, ORDERS]);
    },
  },
  {
    name: 'keeps what a collection holds when it is ensured again, also with other indexes',
    run: async ({ store }) => {
      await fill(store, { a: { n: 2 }, b: { n: 1 } });
      await store.saveCheckpoint(ORDERS, KEY, checkpointAt(5));
      await store.ensure(collectionOf());
      await store.ensure(collectionOf(ORDERS, [[['n', 1]]]));
      await Promise.all([
        store.ensure(collectionOf(ORDERS, [[['n', 1]]])),
        store.ensure(collectionOf(ORDERS, [[['n', 1]]])),
      ]);
      assertSame(await idsOf(store, { sort: [['n', 1]], filter: { n: { $gt: 0 } } }), ['b', 'a']);
      assertSame(Object.fromEntries(await store.checkpoints(ORDERS)), { [KEY]: checkpointAt(5) });
      assertSame(await store.collections(), [ORDERS]);
    },
  },
  {
    name: 'keeps collections apart whose names begin alike',
    run: async ({ store }) => {
      const names = ['orders-r1', 'orders-r10', 'orders', 'orders-r'];
      for (const [i, name] of names.entries()) {
        await store.ensure(collectionOf(name, [[['n', 1]]]));
        await store.write(name, [writeOf('a', { n: i }), writeOf(`only in ${name}`, { n: i })]);
        await store.saveCheckpoint(name, KEY, checkpointAt(i + 1));
      }
      await store.drop('orders-r1');
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
      await store.saveCheckpoint(ORDERS, KEY, checkpointAt(5));
      await store.drop(ORDERS);
      assertSame(await store.collections(), []);
      await store.drop(ORDERS);
      await store.drop('never-there-r1');
      await store.ensure(collectionOf(ORDERS, [[['n', 1]]]));
      assertSame([await loaded(store, 'a'), await idsOf(store, {})], [[undefined], []]);
      assertSame(await idsOf(store, { filter: { n: 1 } }), []);
      assertSame((await store.checkpoints(ORDERS)).size, 0);
      await write(store, writeOf('a', { n: 2 }));
      await store.saveCheckpoint(ORDERS, KEY, checkpointAt(1));
      assertSame((await store.checkpoints(ORDERS)).get(KEY), checkpointAt(1));
    },
  },
  {
    name: 'keeps a checkpoint for each partition of each collection',
    run: async ({ store }) => {
      await store.ensure(collectionOf());
      await store.ensure(collectionOf(OTHER));
      assertSame((await store.checkpoints(ORDERS)).size, 0);
      const state = checkpointAt(7, { headOffset: 12, time: '2026-02-03T04:05:06.789Z' });
      await store.saveCheckpoint(ORDERS, KEY, state);
      await store.saveCheckpoint(ORDERS, 'payments.events/3', checkpointAt(8));
      await store.saveCheckpoint(OTHER, KEY, checkpointAt(9));
      assertSame(Object.fromEntries(await store.checkpoints(ORDERS)), {
        [KEY]: state,
        'payments.events/3': checkpointAt(8),
      });
      assertSame(Object.fromEntries(await store.checkpoints(OTHER)), { [KEY]: checkpointAt(9) });
    },
  },
  {
    name: 'moves a checkpoint forward only, within one log',
    run: async ({ store }) => {
      await store.ensure(collectionOf());
      const saved = async () => (await store.checkpoints(ORDERS)).get(KEY);
      await store.saveCheckpoint(ORDERS, KEY, checkpointAt(5));
      await store.saveCheckpoint(ORDERS, KEY, checkpointAt(10));
      assertSame(await saved(), checkpointAt(10));
      for (const ordinal of [9, 2, 1]) await store.saveCheckpoint(ORDERS, KEY, checkpointAt(ordinal));
      assertSame(await saved(), checkpointAt(10));
      await Promise.all([12, 30, 11, 25].map((ordinal) => store.saveCheckpoint(ORDERS, KEY, checkpointAt(ordinal))));
      assertSame(await saved(), checkpointAt(30));
      const ofAnotherLog = checkpointAt(3, { logId: 'log-2' });
      await store.saveCheckpoint(ORDERS, KEY, ofAnotherLog);
      assertSame(await saved(), ofAnotherLog);
    },
  },
  {
    name: 'switches the live collection only from the one that was expected',
    run: async ({ store }) => {
      assertSame(await store.liveCollection('orders'), undefined);
      assertSame(await store.switchLive('orders', 'orders-r2', 'orders-r1'), false);
      assertSame(await store.liveCollection('orders'), undefined);
      assertSame(await store.switchLive('orders', 'orders-r1', undefined), true);
      assertSame(await store.switchLive('orders', 'orders-r2', undefined), false);
      assertSame(await store.liveCollection('orders'), 'orders-r1');
      assertSame(await store.switchLive('orders', 'orders-r2', 'orders-r1'), true);
      assertSame(await store.switchLive('orders', 'orders-r2', 'orders-r2'), true);
      assertSame(await store.liveCollection('orders'), 'orders-r2');
      assertSame(await store.liveCollection('orders-2'), undefined);
      assertSame(await store.switchLive('orders-2', 'other-r1', undefined), true);
      assertSame(await store.liveCollection('orders'), 'orders-r2');
    },
  },
  {
    name: 'lets exactly one of several switches win',
    run: async ({ store }) => {
      await assertOneSwitches([store, store, store, store]);
    },
  },
  {
    name: 'lets exactly one of several switches through two handles win',
    needs: 'another',
    run: async ({ store, another }) => {
      const other = await required(another)();
      await assertOneSwitches([store, other, store, other]);
    },
  },
  {
    name: 'shows what one handle wrote to another one',
    needs: 'another',
    run: async ({ store, another }) => {
      const other = await required(another)();
      await fill(store, { a: { n: 1 } }, [[['n', 1]]]);
      await store.saveCheckpoint(ORDERS, KEY, checkpointAt(5));
      assertSame(await loaded(other, 'a'), [storedBy(writeOf('a', { n: 1 }))]);
      assertSame(await idsOf(other, { filter: { n: 1 } }), ['a']);
      assertSame((await other.checkpoints(ORDERS)).get(KEY), checkpointAt(5));
      assertSame(await other.collections(), [ORDERS]);
    },
  },
  {
    name: 'holds everything after it was closed and opened again',
    needs: 'reopen',
    run: async ({ store, reopen }) => {
      const gone = { ...writeOf('gone'), document: undefined };
      await fill(store, { a: { n: 2 }, b: { n: 1 } }, [[['n', 1]]]);
      await write(store, gone);
      await store.saveCheckpoint(ORDERS, KEY, checkpointAt(5));
      await store.switchLive('orders', ORDERS, undefined);
      const again = await required(reopen)();
      await again.ensure(collectionOf(ORDERS, [[['n', 1]]]));
      assertSame(await loaded(again, 'a', 'gone'), [storedBy(writeOf('a', { n: 2 })), storedBy(gone)]);
      assertSame(await idsOf(again, { sort: [['n', 1]], filter: { n: { $gt: 0 } } }), ['b', 'a']);
      assertSame(Object.fromEntries(await again.checkpoints(ORDERS)), { [KEY]: checkpointAt(5) });
      assertSame([await again.liveCollection('orders'), await again.collections()], [ORDERS, [ORDERS]]);
      assertSame(await again.write(ORDERS, [writeOf('b', { n: 9 })]), ['b']);
    },
  },
];

const assertOneSwitches = async (stores: readonly Parameters<typeof loaded>[0][]): Promise<void> => {
  let expected: string | undefined;
  for (let round = 1; round <= 5; round += 1) {
    const before = expected;
    const names = stores.map((_, i) => `orders-r${round}-${i}`);
    const answers = await Promise.all(stores.map((store, i) => store.switchLive('orders', names[i] ?? '', before)));
    const winners = names.filter((_, i) => answers[i]);
    assertSame(winners.length, 1, `switches that won in round ${round}`);
    expected = winners[0];
    for (const store of stores) assertSame(await store.liveCollection('orders'), expected);
  }
};
