import assert from 'node:assert/strict';
import { AppendRefused, type LogRecord, recordBytes } from '@ledgerline/es-core/adapter';
import { testPlatform } from '../platform/test-platform.js';
import { assertSame } from '../specification/same.js';
import { failureOf, required, within } from './contract.js';
import {
  batchOf,
  type LogCase,
  type PartitionedLogHarness,
  readAll,
  record,
  storedAt,
  valuesOf,
} from './log-harness.js';

const platform = testPlatform({ seed: 0 });
const bytesOf = (records: readonly LogRecord[]): number =>
  records.reduce((sum, one) => sum + recordBytes(platform, one), 0);

/** A batch of exactly so many bytes: some small records, and a last one that takes the rest. */
const batchOfBytes = (bytes: number): LogRecord[] => {
  const head = batchOf('small', 3);
  const rest = bytes - bytesOf([...head, record('')]);
  return [...head, record('x'.repeat(rest))];
};

const assertHolds = async (harness: PartitionedLogHarness, partition: number, records: readonly LogRecord[]) => {
  assertSame(await readAll(harness, harness.log, partition), storedAt(0, records));
  assertSame(await harness.log.bounds(partition), { start: 0, end: records.length });
};

/** What `append` and `bounds` promise. */
export const LOG_APPEND_CASES: readonly LogCase[] = [
  {
    name: 'is empty at first, in every partition, and has nothing to complain about',
    run: async (harness) => {
      const { log } = harness;
      assert.ok(log.partitions >= 2, 'the harness has to give a log of at least two partitions');
      for (let partition = 0; partition < log.partitions; partition += 1) await assertHolds(harness, partition, []);
      assertSame(await log.problems(), []);
    },
  },
  {
    name: 'stores the first record at offset 0',
    run: async (harness) => {
      assert.equal((await harness.log.append(0, [record('a')])).firstOffset, 0);
      await assertHolds(harness, 0, [record('a')]);
    },
  },
  {
    name: 'stores a batch at consecutive offsets, in order, and answers the first',
    run: async (harness) => {
      const all: LogRecord[] = [];
      for (let size = 1; size <= 5; size += 1) {
        const batch = batchOf(`batch ${size}`, size);
        assert.equal((await harness.log.append(0, batch)).firstOffset, all.length);
        all.push(...batch);
      }
      await assertHolds(harness, 0, all);
    },
  },
  {
    name: 'shows a batch in bounds and to a new pass as soon as it is acknowledged',
    run: async (harness) => {
      for (let size = 1; size <= 20; size += 1) {
        await harness.log.append(0, [record(`${size}`)]);
        assertSame(await harness.log.bounds(0), { start: 0, end: size });
        assert.equal((await readAll(harness, harness.log, 0)).length, size);
      }
    },
  },
  {
    name: 'keeps every batch together when many are appended to a partition at once',
    run: async (harness) => {
      await assertWholeBatches(harness, [harness.log]);
    },
  },
  {
    name: 'keeps every batch together when two handles append to a partition at once',
    needs: 'anotherWriter',
    run: async (harness) => {
      await assertWholeBatches(harness, [harness.log, await required(harness.anotherWriter)()]);
    },
  },
  {
    name: 'says when it stored a batch, and the same of each of its records, where it has a clock',
    run: async (harness) => {
      const { appendedAt } = await harness.log.append(0, batchOf('a', 2));
      assert.equal(typeof appendedAt, harness.log.hasClock ? 'number' : 'undefined');
      const reader = harness.log.read(0, { from: 0, follow: false });
      const chunk = await within(harness, 'a chunk', reader.next());
      await reader.close();
      assertSame(
        chunk?.records.map((one) => one.appendedAt ?? 'none'),
        [appendedAt ?? 'none', appendedAt ?? 'none'],
      );
    },
  },
  {
    name: 'keeps partitions apart',
    run: async (harness) => {
      const [zero, one] = [batchOf('zero', 3), batchOf('one', 2)];
      const appended = await Promise.all([harness.log.append(0, zero), harness.log.append(1, one)]);
      assertSame(
        appended.map(({ firstOffset }) => firstOffset),
        [0, 0],
      );
      await assertHolds(harness, 0, zero);
      await assertHolds(harness, 1, one);
    },
  },
  {
    name: 'stores the same batch twice when it is appended twice',
    run: async (harness) => {
      const batch = batchOf('again', 2);
      await harness.log.append(0, batch);
      assert.equal((await harness.log.append(0, batch)).firstOffset, 2);
      await assertHolds(harness, 0, [...batch, ...batch]);
    },
  },
  {
    name: 'gives back keys, values and headers as they were, whatever characters they hold',
    run: async (harness) => {
      const records = [
        record('', { key: '', headers: {} }),
        record('Käse, 東京, 🛒, \u0000, \n', { key: 'parcel-ünï', headers: { actor: 'Zoë 🛒', empty: '' } }),
        record('{"a":"\\u00e9 \\"quoted\\""}', { headers: { ce_id: 'a b', 'content-type': 'application/json' } }),
        record('a'.repeat(70_000), { headers: Object.fromEntries([...'abcdefghijklmnop'].map((n) => [n, `${n}=1`])) }),
      ];
      await harness.log.append(0, records);
      await assertHolds(harness, 0, records);
    },
  },
  {
    name: 'takes a thousand records in one batch',
    run: async (harness) => {
      const batch = batchOf('many', 1000);
      assert.equal((await harness.log.append(0, batch)).firstOffset, 0);
      await assertHolds(harness, 0, batch);
    },
  },
  {
    name: 'takes a batch of exactly maxBatchBytes',
    run: async (harness) => {
      const batch = batchOfBytes(harness.log.maxBatchBytes);
      assert.equal((await harness.log.append(0, batch)).firstOffset, 0);
      await assertHolds(harness, 0, batch);
    },
  },
  {
    name: 'refuses a batch of one byte more, for good, and stores nothing of it',
    run: async (harness) => {
      const { log } = harness;
      await log.append(0, [record('before')]);
      const failure = await failureOf('too large a batch', log.append(0, batchOfBytes(log.maxBatchBytes + 1)));
      assert.ok(failure instanceof AppendRefused, `it failed with ${String(failure)}`);
      assert.equal(failure.retriable, false);
      assert.equal((await log.append(0, [record('after')])).firstOffset, 1);
      await assertHolds(harness, 0, [record('before'), record('after')]);
    },
  },
  {
    name: 'fails on a batch of no records, and on a partition that is not there',
    run: async (harness) => {
      const { log } = harness;
      await failureOf('a batch of no records', log.append(0, []));
      await failureOf('a partition that is not there', log.append(log.partitions, [record('lost')]));
      for (let partition = 0; partition < log.partitions; partition += 1) await assertHolds(harness, partition, []);
    },
  },
  {
    name: 'holds what it acknowledged after it was closed and opened again, and goes on behind it',
    needs: 'reopen',
    run: async (harness) => {
      const [batch, other, more] = [batchOf('kept', 3), batchOf('other', 1), batchOf('more', 2)];
      await harness.log.append(0, batch);
      await harness.log.append(1, other);
      const log = await required(harness.reopen)();
      assertSame(await readAll(harness, log, 0), storedAt(0, batch));
      assertSame(await readAll(harness, log, 1), storedAt(0, other));
      assert.equal((await log.append(0, more)).firstOffset, 3);
      assertSame(await log.bounds(0), { start: 0, end: 5 });
      assertSame(await readAll(harness, log, 0), storedAt(0, [...batch, ...more]));
    },
  },
];

const assertWholeBatches = async (
  harness: PartitionedLogHarness,
  logs: readonly PartitionedLogHarness['log'][],
): Promise<void> => {
  const batches = Array.from({ length: 60 }, (_, i) => batchOf(`batch ${i}`, 1 + (i % 4)));
  const firstOffsets = await Promise.all(
    batches.map(async (batch, i) => (await (logs[i % logs.length] ?? harness.log).append(0, batch)).firstOffset),
  );
  const stored = await readAll(harness, harness.log, 0);
  batches.forEach((batch, i) => {
    const at = firstOffsets[i] ?? -1;
    assertSame(valuesOf(stored.slice(at, at + batch.length)), valuesOf(batch), `batch ${i} was answered offset ${at}`);
  });
  assert.equal(stored.length, batches.flat().length);
};
