import assert from 'node:assert/strict';
import { OffsetOutOfRange, type PartitionedLog, type StoredRecord } from '@ledgerline/es-core/adapter';
import { assertSame } from '../specification/same.js';
import { begun, failureOf, required, turns, within } from './contract.js';
import {
  batchOf,
  type LogCase,
  type PartitionedLogHarness,
  readAll,
  readSome,
  record,
  storedAt,
  withoutTime,
  valuesOf,
} from './log-harness.js';

/** What `read` and `close` promise. */
export const LOG_READ_CASES: readonly LogCase[] = [
  {
    name: 'reads from any offset that it holds',
    run: async (harness) => {
      const batch = batchOf('a', 7);
      await harness.log.append(0, batch.slice(0, 4));
      await harness.log.append(0, batch.slice(4));
      for (let from = 0; from <= 7; from += 1)
        assertSame(await readAll(harness, harness.log, 0, { from }), storedAt(0, batch).slice(from));
    },
  },
  {
    name: 'gives at most maxRecords a chunk, and nextOffset is where another pass goes on',
    run: async (harness) => {
      const batch = batchOf('a', 10);
      await harness.log.append(0, batch.slice(0, 8));
      await harness.log.append(0, batch.slice(8));
      for (const maxRecords of [1, 3, 10, 100]) {
        assertSame(await readAll(harness, harness.log, 0, { maxRecords }), storedAt(0, batch));
        assertSame(await readInPasses(harness, maxRecords), storedAt(0, batch));
      }
    },
  },
  {
    name: 'ends a bounded pass although more is appended all the while',
    run: async (harness) => {
      await harness.log.append(0, batchOf('before', 3));
      const reader = harness.log.read(0, { from: 0, follow: false, maxRecords: 1 });
      let chunks = 0;
      while ((await within(harness, 'a bounded pass', reader.next())) && chunks < 40) {
        chunks += 1;
        await harness.log.append(0, [record('meanwhile')]);
      }
      await reader.close();
      assert.ok(
        chunks >= 3 && chunks < 40,
        `the pass gave ${chunks} chunks of 1 record; 3 records were there before it`,
      );
    },
  },
  {
    name: 'gives a bounded pass through another handle everything that was acknowledged before',
    needs: 'anotherReader',
    run: async (harness) => {
      const other = await required(harness.anotherReader)();
      for (let i = 1; i <= 30; i += 1) {
        await harness.log.append(0, [record(`${i}`)]);
        assert.equal((await readAll(harness, other, 0)).length, i);
        assertSame(await other.bounds(0), { start: 0, end: i });
      }
    },
  },
  {
    name: 'lets passes over one partition go on side by side',
    run: async (harness) => {
      const batch = batchOf('a', 5);
      await harness.log.append(0, batch);
      const follower = harness.log.read(0, { from: 0, follow: true, maxRecords: 2 });
      const seen = await readSome(harness, follower, 1);
      assertSame(await readAll(harness, harness.log, 0, { from: 1 }), storedAt(0, batch).slice(1));
      seen.push(...(await readSome(harness, follower, 5 - seen.length)));
      await follower.close();
      assertSame(seen, storedAt(0, batch));
    },
  },
  {
    name: 'waits at the end of a following pass, and gives what is appended then',
    run: async (harness) => {
      await assertFollows(harness, harness.log);
    },
  },
  {
    name: 'waits in a following pass through another handle, and gives what is appended then',
    needs: 'anotherReader',
    run: async (harness) => {
      await assertFollows(harness, await required(harness.anotherReader)());
    },
  },
  {
    name: 'gives several followers everything once and in order while it is appended',
    run: async (harness) => {
      await assertMissesNothing(harness, [harness.log, harness.log]);
    },
  },
  {
    name: 'gives a follower through another handle everything once and in order while it is appended',
    needs: 'anotherReader',
    run: async (harness) => {
      await assertMissesNothing(harness, [await required(harness.anotherReader)()]);
    },
  },
  {
    name: 'ends a pass that is closed while it waits, and stays at its end',
    run: async (harness) => {
      await harness.log.append(0, [record('a')]);
      const reader = harness.log.read(0, { from: 0, follow: true });
      await readSome(harness, reader, 1);
      const ended = begun(untilItEnds(harness, reader));
      await turns();
      await reader.close();
      assertSame(await ended, []);
      await harness.log.append(0, [record('b')]);
      assert.equal(await within(harness, 'a closed pass', reader.next()), undefined);
      await reader.close();
    },
  },
  {
    name: 'ends all passes when the log is closed, which is safe to repeat',
    run: async (harness) => {
      const readers = [0, 1].map((partition) => harness.log.read(partition, { from: 0, follow: true }));
      const ended = begun(Promise.all(readers.map((reader) => untilItEnds(harness, reader))));
      await turns();
      await harness.log.close();
      assertSame(await ended, [[], []]);
      await harness.log.close();
    },
  },
  {
    name: 'fails loudly on an offset that it does not hold, followed or not',
    run: async (harness) => {
      await harness.log.append(0, batchOf('a', 3));
      for (const from of [-1, 4, 1000]) await assertOutOfRange(harness, 0, from);
      await assertOutOfRange(harness, 1, 1);
    },
  },
  {
    name: 'fails loudly on an offset that it has forgotten, and reads on from its start',
    needs: 'forgetBefore',
    run: async (harness) => {
      const batch = batchOf('a', 6);
      for (const one of batch) await harness.log.append(0, [one]);
      await required(harness.forgetBefore)(0, 4);
      assertSame(await harness.log.bounds(0), { start: 4, end: 6 });
      for (const from of [0, 3]) await assertOutOfRange(harness, 0, from);
      assertSame(await readAll(harness, harness.log, 0, { from: 4 }), storedAt(0, batch).slice(4));
      assert.equal((await harness.log.append(0, [record('next')])).firstOffset, 6);
    },
  },
];

/** One pass after the other, each for one chunk, from where the one before it ended. */
const readInPasses = async (harness: PartitionedLogHarness, maxRecords: number): Promise<StoredRecord[]> => {
  const records: StoredRecord[] = [];
  for (let from = 0; ;) {
    const reader = harness.log.read(0, { from, follow: false, maxRecords });
    const chunk = await within(harness, 'a chunk', reader.next());
    await reader.close();
    if (!chunk) return records;
    assert.ok(chunk.nextOffset > from, `a pass from ${from} goes on from ${chunk.nextOffset}`);
    from = chunk.nextOffset;
    records.push(...chunk.records.map(withoutTime));
  }
};

const assertFollows = async (harness: PartitionedLogHarness, reading: PartitionedLog): Promise<void> => {
  const batch = batchOf('a', 9);
  await harness.log.append(0, batch.slice(0, 2));
  const reader = reading.read(0, { from: 1, follow: true });
  assertSame(await readSome(harness, reader, 1), storedAt(0, batch).slice(1, 2));
  for (const [from, to] of [
    [2, 3],
    [3, 7],
    [7, 9],
  ] as const) {
    const next = begun(readSome(harness, reader, to - from));
    await turns();
    await harness.log.append(1, [record('elsewhere')]);
    await harness.log.append(0, batch.slice(from, to));
    assertSame(await next, storedAt(0, batch).slice(from, to));
  }
  await reader.close();
};

const assertMissesNothing = async (
  harness: PartitionedLogHarness,
  reading: readonly PartitionedLog[],
): Promise<void> => {
  const batches = Array.from({ length: 150 }, (_, i) => batchOf(`batch ${i}`, 1 + (i % 3)));
  const readers = reading.map((log) => log.read(0, { from: 0, follow: true }));
  const read = begun(Promise.all(readers.map((reader) => readSome(harness, reader, batches.flat().length))));
  for (const [i, batch] of batches.entries()) {
    await harness.log.append(0, batch);
    if (i % 10 === 0) await turns(1 + (i % 4));
  }
  for (const records of await read) assertSame(valuesOf(records), valuesOf(batches.flat()));
  await Promise.all(readers.map((reader) => reader.close()));
};

const untilItEnds = async (
  harness: PartitionedLogHarness,
  reader: ReturnType<PartitionedLog['read']>,
): Promise<StoredRecord[]> => {
  const records: StoredRecord[] = [];
  for (;;) {
    const chunk = await within(harness, 'the end of a pass that was closed', reader.next());
    if (!chunk) return records;
    records.push(...chunk.records);
  }
};

const assertOutOfRange = async ({ log, ...harness }: PartitionedLogHarness, partition: number, from: number) => {
  for (const follow of [false, true]) {
    const what = `reading from ${from}${follow ? ', following,' : ''}`;
    // Some adapters know at once, others when they look.
    const read = async () => {
      const reader = log.read(partition, { from, follow });
      try {
        await within(harness, what, reader.next());
      } finally {
        await reader.close();
      }
    };
    const failure = await failureOf(what, read());
    assert.ok(failure instanceof OffsetOutOfRange, `${what} failed with ${String(failure)}`);
    const { start, end } = await log.bounds(partition);
    assertSame(failure.facts, { topic: log.topic, partition, offset: from, start, end });
  }
};
