import assert from 'node:assert/strict';
import { assertSame } from '../specification/same.js';
import {
  batchWith,
  eventsIn,
  type IndexCase,
  rawEvent,
  rawEvents,
  resultOf,
  snapshotOf,
  stateAt,
} from './index-harness.js';

const ODD_TEXT = 'Käse, 東京, 🛒, \u0000, "\n"';

/** What the index gives back of what was written. */
export const INDEX_CONTENT_CASES: readonly IndexCase[] = [
  {
    name: 'knows nothing at first',
    run: async ({ index }) => {
      assertSame(
        [index.readerState(0), index.version('cart-1'), eventsIn(index, 'cart-1'), index.result('cart-1', 'c-1')],
        [undefined, 0, [], undefined],
      );
      assertSame([index.snapshot('cart-1'), index.note('timer')], [undefined, undefined]);
    },
  },
  {
    name: 'gives back everything of a batch once it is written',
    run: async ({ index }) => {
      const batch = batchWith({
        readerState: stateAt(7, { headOffset: 12, time: '2026-02-03T04:05:06.789Z' }),
        events: [...rawEvents('cart-1', 1, 2), rawEvent('order-1', 1)],
        results: [resultOf('cart-1', 'c-1', { version: 2, events: 2, ordinal: 3 }), resultOf('order-1', 'c-2')],
        snapshots: [snapshotOf('cart-1', 2)],
      });
      await index.write(batch);
      assertSame(index.readerState(0), batch.readerState);
      assertSame([...eventsIn(index, 'cart-1'), ...eventsIn(index, 'order-1')], batch.events);
      assertSame([index.result('cart-1', 'c-1'), index.result('order-1', 'c-2')], batch.results);
      assertSame([index.snapshot('cart-1')], batch.snapshots);
      assertSame([index.version('cart-1'), index.version('order-1')], [2, 1]);
    },
  },
  {
    name: 'keeps every field as it was, whatever characters it holds',
    run: async ({ index }) => {
      const event = rawEvent('cart-1', 1, {
        ...{ type: 'Ünlike.v12', data: JSON.stringify({ text: ODD_TEXT }), id: 'id 1', ordinal: 9_007_199_254_740_991 },
        ...{ time: '2026-12-31T23:59:59.999Z', commandId: 'c.1_-A', correlationId: '', causationId: ODD_TEXT },
        actor: ODD_TEXT,
      });
      const snapshot = snapshotOf('cart-1', 1, { revision: ODD_TEXT, state: JSON.stringify(ODD_TEXT.repeat(20_000)) });
      const result = resultOf('cart-1', 'c.1_-A', { fingerprint: ODD_TEXT, ordinal: 9_007_199_254_740_991 });
      await index.write(batchWith({ events: [event], snapshots: [snapshot], results: [result] }));
      assertSame(eventsIn(index, 'cart-1'), [event]);
      assertSame(index.snapshot('cart-1'), snapshot);
      assertSame(index.result('cart-1', 'c.1_-A'), result);
    },
  },
  {
    name: 'takes ids of 128 characters, and data of 512 KiB',
    run: async ({ index }) => {
      const stream = `cart-${'x'.repeat(128)}`;
      const commandId = 'y'.repeat(128);
      const event = rawEvent(stream, 1, { data: JSON.stringify('z'.repeat(512 * 1024 - 2)), commandId });
      await index.write(batchWith({ events: [event], results: [resultOf(stream, commandId)] }));
      assertSame(eventsIn(index, stream), [event]);
      assertSame(index.result(stream, commandId), resultOf(stream, commandId));
      assertSame(index.version(`cart-${'x'.repeat(127)}`), 0);
    },
  },
  {
    name: 'gives events from one version to another, both included, in order',
    run: async ({ index }) => {
      const events = rawEvents('cart-1', 1, 300);
      await index.write(batchWith({ events: events.slice(0, 100) }));
      await index.write(batchWith({ events: events.slice(100) }));
      for (const [from, to] of [
        [1, 300],
        [1, 1],
        [300, 300],
        [9, 11],
        [99, 102],
        [255, 258],
        [290, 1000],
        [1, Infinity],
        [301, 400],
        [5, 4],
      ] as const)
        assertSame(eventsIn(index, 'cart-1', from, to), events.slice(from - 1, to), `events ${from} to ${to}`);
    },
  },
  {
    name: 'keeps streams apart whose ids begin alike',
    run: async ({ index }) => {
      const streams = ['cart-1', 'cart-10', 'cart-1-1', 'cart-1.', 'cart-1_', 'cart-', 'cart-A', 'cart-a', 'Cart-1'];
      const versionOf = (stream: string) => streams.indexOf(stream) + 2;
      await index.write(
        batchWith({
          events: streams.flatMap((stream) => rawEvents(stream, 1, versionOf(stream))),
          results: streams.map((stream) => resultOf(stream, 'c-1', { version: versionOf(stream) })),
          snapshots: streams.map((stream) => snapshotOf(stream, versionOf(stream))),
        }),
      );
      for (const stream of streams) {
        const version = versionOf(stream);
        assertSame(index.version(stream), version, `the version of ${stream}`);
        assertSame(eventsIn(index, stream), rawEvents(stream, 1, version));
        assertSame(index.result(stream, 'c-1')?.version, version);
        assertSame(index.snapshot(stream), snapshotOf(stream, version));
      }
      assertSame([index.version('cart'), index.version('cart-1-'), index.version('cart-100')], [0, 0, 0]);
    },
  },
  {
    name: 'finds a result under its stream and command id together',
    run: async ({ index }) => {
      const results = [
        resultOf('cart-1', 'c-1', { ordinal: 2 }),
        resultOf('cart-1', 'c-2', { ordinal: 3 }),
        resultOf('cart-2', 'c-1', { ordinal: 4 }),
        resultOf('cart-1-c', '1', { ordinal: 5 }),
        resultOf('cart-1', 'c-1.1', { ordinal: 6 }),
        resultOf('cart', '1-c-1', { ordinal: 7 }),
      ];
      await index.write(batchWith({ results }));
      for (const result of results) assertSame(index.result(result.stream, result.commandId), result);
      assertSame([index.result('cart-2', 'c-2'), index.result('cart-1', 'c')], [undefined, undefined]);
    },
  },
  {
    name: 'remembers a verdict without events, with its rejection',
    run: async ({ index }) => {
      const rejected = resultOf('order-1', 'c-1', { version: 0, events: 0, rejection: 'order-not-created' });
      const empty = resultOf('order-1', 'c-2', { version: 0, events: 0 });
      await index.write(batchWith({ results: [rejected, empty] }));
      assertSame(index.result('order-1', 'c-1'), rejected);
      assertSame(index.result('order-1', 'c-2'), empty);
      assertSame([index.version('order-1'), eventsIn(index, 'order-1')], [0, []]);
    },
  },
  {
    name: 'remembers why a command was rejected, whatever characters say it',
    run: async ({ index }) => {
      const rejected = { version: 0, events: 0, rejection: 'order-not-created' };
      const results = [
        resultOf('order-1', 'c-1', { ...rejected, reason: ODD_TEXT }),
        resultOf('order-1', 'c-2', { ...rejected, reason: 'it has a reason of its own' }),
        resultOf('order-1', 'c-3', rejected),
      ];
      await index.write(batchWith({ results }));
      for (const result of results) assertSame(index.result('order-1', result.commandId), result);
    },
  },
  {
    name: 'keeps notes apart, and the last text of each',
    run: async ({ index }) => {
      await index.writeNote('timer', 'first');
      await index.writeNote('timer/1', ODD_TEXT);
      await index.writeNote('empty', '');
      await index.writeNote('timer', 'second');
      assertSame(
        ['timer', 'timer/1', 'empty', 'time'].map((name) => index.note(name)),
        ['second', ODD_TEXT, '', undefined],
      );
    },
  },
  {
    name: 'iterates a stream of 10,000 events, as far as it is asked to',
    run: async ({ index }) => {
      for (let from = 1; from <= 10_000; from += 1000)
        await index.write(batchWith({ events: rawEvents('cart-1', from, from + 999) }));
      assertSame(index.version('cart-1'), 10_000);
      const first: number[] = [];
      for (const { version } of index.events('cart-1', 1, Infinity)) if (first.push(version) === 3) break;
      assertSame(first, [1, 2, 3]);
      const all = eventsIn(index, 'cart-1');
      assert.equal(all.length, 10_000);
      assert.ok(all.every(({ version }, i) => version === i + 1));
    },
  },
];
