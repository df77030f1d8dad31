import assert from 'node:assert/strict';
import type { IndexBatch } from '@ledgerline/es-core/adapter';
import { assertSame } from '../specification/same.js';
import { failureOf, required, turns } from './contract.js';
import {
  batchWith,
  eventsIn,
  type IndexCase,
  rawEvent,
  rawEvents,
  resultOf,
  snapshotOf,
  stateAt,
  type StreamIndexHarness,
} from './index-harness.js';

/** How the index is written, cleared and kept. */
export const INDEX_WRITE_CASES: readonly IndexCase[] = [
  {
    name: 'keeps a reader state for each partition, and the last one',
    run: async ({ index }) => {
      await index.write(batchWith({ partition: 0, readerState: stateAt(5) }));
      await index.write(batchWith({ partition: 1, readerState: stateAt(9) }));
      await index.write(batchWith({ partition: 0, readerState: stateAt(6), events: [rawEvent('jar-1', 1)] }));
      await index.write(batchWith({ partition: 10, readerState: stateAt(3) }));
      await index.write(batchWith({ partition: 1, readerState: stateAt(12) }));
      const states = [0, 1, 10, 2].map((partition) => index.readerState(partition));
      assertSame(states, [stateAt(6), stateAt(12), stateAt(3), undefined]);
    },
  },
  {
    name: 'replaces what it holds under the same keys, and only that',
    run: async ({ index }) => {
      const first = batchWith({
        ...{ events: rawEvents('jar-1', 1, 3), results: [resultOf('jar-1', 'c-1'), resultOf('jar-1', 'c-2')] },
        snapshots: [snapshotOf('jar-1', 2), snapshotOf('jar-2', 1)],
      });
      const replaced = rawEvent('jar-1', 2, { data: '{"n":"new"}' });
      const result = resultOf('jar-1', 'c-1', { fingerprint: 'new', ordinal: 8 });
      await index.write(first);
      await index.write(batchWith({ events: [replaced], results: [result], snapshots: [snapshotOf('jar-1', 3)] }));
      assertSame(eventsIn(index, 'jar-1'), [rawEvent('jar-1', 1), replaced, rawEvent('jar-1', 3)]);
      assertSame(index.version('jar-1'), 3);
      assertSame([index.result('jar-1', 'c-1'), index.result('jar-1', 'c-2')], [result, resultOf('jar-1', 'c-2')]);
      assertSame([index.snapshot('jar-1'), index.snapshot('jar-2')], [snapshotOf('jar-1', 3), snapshotOf('jar-2', 1)]);
    },
  },
  {
    name: 'changes nothing when the same batch is written again',
    run: async ({ index }) => {
      const batch = batchWith({ events: rawEvents('jar-1', 1, 3), results: [resultOf('jar-1', 'c-1')] });
      await index.write(batch);
      await index.write(batch);
      assertSame([index.version('jar-1'), eventsIn(index, 'jar-1')], [3, batch.events]);
      assertSame(index.result('jar-1', 'c-1'), resultOf('jar-1', 'c-1'));
    },
  },
  {
    name: 'stores nothing of a batch that fails',
    run: async ({ index }) => {
      await index.write(batchWith({ events: [rawEvent('jar-1', 1)] }));
      for (const batch of unreadableBatches()) {
        await failureOf('a batch that cannot be read', index.write(batch));
        assertSame(index.readerState(0), stateAt(1));
        assertSame([index.version('jar-1'), index.version('jar-2')], [1, 0]);
        assertSame(eventsIn(index, 'jar-1'), [rawEvent('jar-1', 1)]);
        assertSame([index.result('jar-1', 'c-9'), index.snapshot('jar-1')], [undefined, undefined]);
      }
      await index.write(batchWith({ readerState: stateAt(2), events: [rawEvent('jar-1', 2)] }));
      assertSame([index.version('jar-1'), index.readerState(0)], [2, stateAt(2)]);
    },
  },
  {
    name: 'shows all of a batch or nothing while it is written',
    run: async ({ index }) => {
      for (let ordinal = 1; ordinal <= 20; ordinal += 1) {
        let written = false;
        const events = rawEvents('jar-1', (ordinal - 1) * 50 + 1, ordinal * 50);
        const writing = index.write(batchWith({ readerState: stateAt(ordinal), events })).finally(() => {
          written = true;
        });
        do {
          const seen = index.readerState(0)?.ordinal ?? 0;
          assertSame(index.version('jar-1'), seen * 50, `the version at ordinal ${seen}`);
          await turns(1);
        } while (!written);
        await writing;
        assertSame([index.readerState(0)?.ordinal, index.version('jar-1')], [ordinal, ordinal * 50]);
      }
    },
  },
  {
    name: 'takes batches of several partitions at once',
    run: async ({ index }) => {
      const partitions = [0, 1, 2, 3];
      await Promise.all(
        partitions.flatMap((partition) =>
          [1, 2, 3].map((n) => {
            const events = [rawEvent(`jar-${partition}`, n)];
            return index.write(batchWith({ partition, readerState: stateAt(n), events }));
          }),
        ),
      );
      for (const partition of partitions) {
        assertSame(index.readerState(partition), stateAt(3));
        assertSame(eventsIn(index, `jar-${partition}`), rawEvents(`jar-${partition}`, 1, 3));
      }
    },
  },
  {
    name: 'lets a range be read while other ranges are read and more is written',
    run: async ({ index }) => {
      const events = rawEvents('jar-1', 1, 2000);
      await index.write(batchWith({ events }));
      const seen = [];
      for (const event of index.events('jar-1', 1, 2000)) {
        seen.push(event);
        if (event.version % 500 !== 0) continue;
        await index.write(batchWith({ events: [rawEvent('jar-0', event.version / 500), rawEvent('jar-2', 1)] }));
        assertSame(eventsIn(index, 'jar-1', 7, 8), events.slice(6, 8));
      }
      assert.equal(seen.length, 2000);
      assertSame(seen, events);
      assertSame(index.version('jar-0'), 4);
    },
  },
  {
    name: 'forgets everything when it is cleared, and can be written again',
    run: async ({ index }) => {
      await index.write(fullBatch());
      await index.write({ ...fullBatch(), partition: 3 });
      await index.writeNote('timer', 'text');
      await index.clear();
      assertSame([index.readerState(0), index.readerState(3), index.version('jar-1')], [undefined, undefined, 0]);
      assertSame([eventsIn(index, 'jar-1'), index.result('jar-1', 'c-1')], [[], undefined]);
      assertSame([index.snapshot('jar-1'), index.note('timer')], [undefined, undefined]);
      await index.write(batchWith({ events: [rawEvent('jar-1', 1)] }));
      assertSame([index.version('jar-1'), index.readerState(0)], [1, stateAt(1)]);
    },
  },
  {
    name: 'holds everything after it was closed and opened again',
    needs: 'reopen',
    run: async ({ index, reopen }) => {
      await index.write(fullBatch());
      await index.writeNote('timer', 'text');
      await assertHoldsFullBatch(required(reopen));
    },
  },
  {
    name: 'is empty after it was cleared, closed and opened again',
    needs: 'reopen',
    run: async ({ index, reopen }) => {
      await index.write(fullBatch());
      await index.writeNote('timer', 'text');
      await index.clear();
      const again = await required(reopen)();
      assertSame([again.readerState(0), again.version('jar-1'), again.note('timer')], [undefined, 0, undefined]);
      assertSame([again.result('jar-1', 'c-1'), again.snapshot('jar-1')], [undefined, undefined]);
    },
  },
];

const fullBatch = (): IndexBatch =>
  batchWith({
    ...{ readerState: stateAt(4), events: rawEvents('jar-1', 1, 3) },
    ...{ results: [resultOf('jar-1', 'c-1')], snapshots: [snapshotOf('jar-1', 2)] },
  });

const assertHoldsFullBatch = async (reopen: NonNullable<StreamIndexHarness['reopen']>): Promise<void> => {
  const index = await reopen();
  assertSame([index.readerState(0), index.version('jar-1')], [stateAt(4), 3]);
  assertSame(eventsIn(index, 'jar-1'), rawEvents('jar-1', 1, 3));
  assertSame(
    [index.result('jar-1', 'c-1'), index.snapshot('jar-1')],
    [resultOf('jar-1', 'c-1'), snapshotOf('jar-1', 2)],
  );
  assertSame(index.note('timer'), 'text');
};

/** Batches that fail in the middle of being stored, whatever the adapter does with them: one field cannot be read. */
const unreadableBatches = (): IndexBatch[] => {
  const parts = { readerState: stateAt(99), events: [rawEvent('jar-1', 2), rawEvent('jar-2', 1)] };
  return [
    batchWith({ ...parts, events: [...parts.events, unreadable(rawEvent('jar-2', 2), 'data')] }),
    batchWith({ ...parts, results: [resultOf('jar-1', 'c-9'), unreadable(resultOf('jar-1', 'c-8'), 'fingerprint')] }),
    batchWith({ ...parts, snapshots: [snapshotOf('jar-1', 2), unreadable(snapshotOf('jar-2', 1), 'state')] }),
  ];
};

const unreadable = <T extends object>(value: T, field: keyof T): T =>
  Object.defineProperty({ ...value }, field, {
    enumerable: true,
    get: () => {
      throw new Error('this field cannot be read');
    },
  });
