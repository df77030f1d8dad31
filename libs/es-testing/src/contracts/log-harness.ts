import assert from 'node:assert/strict';
import type { LogReader, LogRecord, PartitionedLog, ReadOptions, StoredRecord } from '@ledgerline/es-core/adapter';
import { type ContractCase, type ContractHarness, within } from './contract.js';

/** A fresh log with at least two partitions and nothing in them. */
export interface PartitionedLogHarness extends ContractHarness {
  readonly log: PartitionedLog;
  /** Closes all handles and opens the log again. */
  readonly reopen?: () => Promise<PartitionedLog>;
  /** A second handle that reads what the first one appends, best in the way another process would get it. */
  readonly anotherReader?: () => Promise<PartitionedLog>;
  /** A second handle that appends beside the first one. */
  readonly anotherWriter?: () => Promise<PartitionedLog>;
  /** Lets the log forget what lies before the offset, as retention does. */
  readonly forgetBefore?: (partition: number, offset: number) => Promise<void>;
}

export type LogAbility = 'reopen' | 'anotherReader' | 'anotherWriter' | 'forgetBefore';
export type LogCase = ContractCase<PartitionedLogHarness, LogAbility>;

export const record = (value: string, more: Partial<LogRecord> = {}): LogRecord => {
  return { key: 'jar-1', value, headers: { kind: 'event', ce_type: 'Tested.v1' }, ...more };
};

/** So many records, told apart by their values `<name>/1` to `<name>/<count>`. */
export const batchOf = (name: string, count: number): LogRecord[] =>
  Array.from({ length: count }, (_, i) => record(`${name}/${i + 1}`));

/** The records as they have to be read back when the first one was stored at `firstOffset`. */
export const storedAt = (firstOffset: number, records: readonly LogRecord[]): StoredRecord[] =>
  records.map((one, i) => ({ ...one, offset: firstOffset + i }));

export const valuesOf = (records: readonly LogRecord[]): string[] => records.map(({ value }) => value);

/** Everything that a bounded pass from `from` gives. */
export const readAll = async (
  harness: PartitionedLogHarness,
  log: PartitionedLog,
  partition: number,
  options: Partial<ReadOptions> = {},
): Promise<StoredRecord[]> => {
  const reader = log.read(partition, { from: 0, follow: false, ...options });
  try {
    return await readOn(harness, reader, Infinity, options.maxRecords);
  } finally {
    await reader.close();
  }
};

/** The next `count` records of a following pass, and whatever else came in their chunk. */
export const readSome = async (
  harness: PartitionedLogHarness,
  reader: LogReader,
  count: number,
): Promise<StoredRecord[]> => {
  const records = await readOn(harness, reader, count);
  assert.ok(records.length >= count, `the pass ended after ${records.length} of ${count} records`);
  return records;
};

/** The record without the time at which the log stored it, which is another one each time. */
export const withoutTime = ({ appendedAt: _appendedAt, ...record }: StoredRecord): StoredRecord => record;

/** Reads until there are so many records or the pass has ended; checks what holds for every chunk. */
const readOn = async (
  harness: PartitionedLogHarness,
  reader: LogReader,
  count: number,
  maxRecords = Infinity,
): Promise<StoredRecord[]> => {
  const records: StoredRecord[] = [];
  let from = -1;
  while (records.length < count) {
    const chunk = await within(harness, `reading after ${records.length} records`, reader.next());
    if (!chunk) break;
    const offsets = chunk.records.map(({ offset }) => offset);
    assert.ok(offsets.length <= maxRecords, `a chunk holds ${offsets.length} records, not at most ${maxRecords}`);
    for (const offset of [...offsets, chunk.nextOffset - (offsets.length > 0 ? 0 : 1)]) {
      assert.ok(offset > from, `offset ${offset} comes after ${from}`);
      from = offset;
    }
    from = chunk.nextOffset - 1;
    records.push(...chunk.records.map(withoutTime));
  }
  return records;
};
