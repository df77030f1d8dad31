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
        [index.readerState(0), index.version('jar-1'), eventsIn(index, 'jar-1'), index.result('jar-1', 'c-1')],
        [undefined, 0, [], undefined],
      );
      assertSame([index.snapshot('jar-1'), index.note('timer')], [undefined, undefined]);
    },
  },
  {
    name: 'gives back everything of a batch once it is written',
    run: async ({ index }) => {
      const batch = batchWith({
        readerState: stateAt(7, { headOffset: 12, time: '2026-02-03T04:05:06.789Z' }),
        events: [...rawEvents('jar-1', 1, 2), rawEvent('parcel-1', 1)],
        results: [resultOf('jar-1', 'c-1', { version: 2, events: 2, ordinal: 3 }), resultOf('parcel-1', 'c-2')],
        snapshots: [snapshotOf('jar-1', 2)],
      });
      await index.write(batch);
      assertSame(index.readerState(0), batch.readerState);
      assertSame([...eventsIn(index, 'jar-1'), ...eventsIn(index, 'parcel-1')], batch.events);
      assertSame([index.result('jar-1', 'c-1'), index.result('parcel-1', 'c-2')], batch.results);
      assertSame([index.snapshot('jar-1')], batch.snapshots);
      assertSame([index.version('jar-1'), index.version('parcel-1')], [2, 1]);
    },
  },
  {
    name: 'keeps every field as it was, whatever characters it holds',
    run: async ({ index }) => {
      const event = rawEvent('jar-1', 1, {
        ...{ type: 'Ünlike.v12', data: JSON.stringify({ text: ODD_TEXT }), id: 'id 1', ordinal: 9_007_199_254_740_991 },
        ...{ time: '2026-12-31T23:59:59.999Z', commandId: 'c.1_-A', correlationId: '', causationId: ODD_TEXT },
        actor: ODD_TEXT,
      });
      const snapshot = snapshotOf('jar-1', 1, { revision: ODD_TEXT, state: JSON.stringify(ODD_TEXT.repeat(20_000)) });
      const result = resultOf('jar-1', 'c.1_-A', { fingerprint: ODD_TEXT, ordinal: 9_007_199_254_740_991 });
      await index.write(batchWith({ events: [event], snapshots: [snapshot], results: [result] }));
      assertSame(eventsIn(index, 'jar-1'), [event]);
      assertSame(index.snapshot('jar-1'), snapshot);
      assertSame(index.result('jar-1', 'c.1_-A'), result);
    },
  },
  {
    name: 'takes ids of 128 characters, and data of 512 KiB',
    run: async ({ index }) => {
      const stream = `jar-${'x'.repeat(128)}`;
      const commandId = 'y'.repeat(128);
      const event = rawEvent(stream, 1, { data: JSON.stringify('z'.repeat(512 * 1024 - 2)), commandId });
      await index.write(batchWith({ events: [event], results: [resultOf(stream, commandId)] }));
      assertSame(eventsIn(index, stream), [event]);
      assertSame(index.result(stream, commandId), resultOf(stream, commandId));
      assertSame(index.version(`jar-${'x'.repeat(127)}`), 0);
    },
  },
  {
    name: 'gives events from one version to another, both included, in order',
    run: async ({ index }) => {
      const events = rawEvents('jar-1', 1, 300);
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
        assertSame(eventsIn(index, 'jar-1', from, to), events.slice(from - 1, to), `events ${from} to ${to}`);
    },
  },
  {
    name: 'keeps streams apart whose ids begin alike',
    run: async ({ index }) => {
      const streams = ['jar-1', 'jar-10', 'jar-1-1', 'jar-1.', 'jar-1_', 'jar-', 'jar-A', 'jar-a', 'Jar-1'];
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
      assertSame([index.version('jar'), index.version('jar-1-'), index.version('jar-100')], [0, 0, 0]);
    },
  },
  {
    name: 'finds a result under its stream and command id together',
    run: async ({ index }) => {
      const results = [
        resultOf('jar-1', 'c-1', { ordinal: 2 }),
        resultOf('jar-1', 'c-2', { ordinal: 3 }),
        resultOf('jar-2', 'c-1', { ordinal: 4 }),
        resultOf('jar-1-c', '1', { ordinal: 5 }),
        resultOf('jar-1', 'c-1.1', { ordinal: 6 }),
        resultOf('jar', '1-c-1', { ordinal: 7 }),
      ];
      await index.write(batchWith({ results }));
      for (const result of results) assertSame(index.result(result.stream, result.commandId), result);
      assertSame([index.result('jar-2', 'c-2'), index.result('jar-1', 'c')], [undefined, undefined]);
    },
  },
  {
    name: 'remembers a verdict without events, with its rejection',
    run: async ({ index }) => {
      const rejected = resultOf('parcel-1', 'c-1', { version: 0, events: 0, rejection: 'parcel-not-created' });
      const empty = resultOf('parcel-1', 'c-2', { version: 0, events: 0 });
      await index.write(batchWith({ results: [rejected, empty] }));
      assertSame(index.result('parcel-1', 'c-1'), rejected);
      assertSame(index.result('parcel-1', 'c-2'), empty);
      assertSame([index.version('parcel-1'), eventsIn(index, 'parcel-1')], [0, []]);
    },
  },
  {
    name: 'remembers why a command was rejected, whatever characters say it',
    run: async ({ index }) => {
      const rejected = { version: 0, events: 0, rejection: 'parcel-not-created' };
      const results = [
        resultOf('parcel-1', 'c-1', { ...rejected, reason: ODD_TEXT }),
        resultOf('parcel-1', 'c-2', { ...rejected, reason: 'it has a reason of its own' }),
        resultOf('parcel-1', 'c-3', rejected),
      ];
      await index.write(batchWith({ results }));
      for (const result of results) assertSame(index.result('parcel-1', result.commandId), result);
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
        await index.write(batchWith({ events: rawEvents('jar-1', from, from + 999) }));
      assertSame(index.version('jar-1'), 10_000);
      const first: number[] = [];
      for (const { version } of index.events('jar-1', 1, Infinity)) if (first.push(version) === 3) break;
      assertSame(first, [1, 2, 3]);
      const all = eventsIn(index, 'jar-1');
      assert.equal(all.length, 10_000);
      assert.ok(all.every(({ version }, i) => version === i + 1));
    },
  },
];
