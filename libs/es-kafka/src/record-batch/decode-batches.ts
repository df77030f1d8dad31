import type { StoredRecord } from '@ledgerline/es-core/adapter';
import { AT } from './batch-header.js';
import { BatchDamaged, batchesIn, type StoredBatch } from './batches-in.js';
import { decodeRecords } from './decode-records.js';

/** Records in offset order, and the offset behind everything that was decoded, control records included. */
export interface Decoded {
  readonly records: readonly StoredRecord[];
  readonly nextOffset: number;
}

/** The log does not hold `offset`, although it holds what comes behind it. */
export class OffsetMissing extends Error {
  constructor(readonly offset: number) {
    super(`offset ${offset} is missing`);
  }
}

/**
 * The records from offset `from` on, out of batches as a broker hands them out: the first may begin before `from`, the last
 * may be cut off. A batch that does not decode is unreadable as a whole, for every reader, however it was fetched.
 * @throws OffsetMissing where they do not follow each other. @throws BatchDamaged when they are not as they were stored, or
 * nothing is whole.
 */
export const decodeBatches = (bytes: Buffer, from: number): Decoded => {
  const parts: (readonly StoredRecord[])[] = [];
  let nextOffset = from;
  for (const batch of batchesIn(bytes)) {
    if (batch.nextOffset <= nextOffset) continue;
    if ((batch.firstOffset ?? 0) > nextOffset) throw new OffsetMissing(nextOffset);
    if (!batch.isControl) parts.push(recordsFrom(nextOffset, batch));
    nextOffset = batch.nextOffset;
  }
  // A broker hands out the batch that was asked for, however large it is: asked again at once it would answer the same.
  if (nextOffset === from && bytes.length > 0) throw new BatchDamaged(from, 'is not whole');
  return { records: parts.length === 1 ? (parts[0] ?? []) : parts.flat(), nextOffset };
};

const recordsFrom = (from: number, batch: StoredBatch): readonly StoredRecord[] => {
  const records = batch.firstOffset === undefined ? undefined : recordsOf(batch, batch.firstOffset);
  if (!records) return [{ key: '', value: '', headers: {}, offset: from, unreadable: batch.nextOffset - from }];
  return batch.firstOffset === from ? records : records.slice(from - (batch.firstOffset ?? from));
};

/**
 * All records of the batch, or undefined where they do not decode exactly. Compressed ones are not looked at: we never compress,
 * and a topic that compresses what it is sent is refused, so whatever they say would not count.
 */
const recordsOf = (
  { bytes, count, nextOffset, compression, appendedAt }: StoredBatch,
  firstOffset: number,
): readonly StoredRecord[] | undefined => {
  const offsets = nextOffset - firstOffset;
  // Compaction takes records out and leaves the offsets of the batch as they were.
  if (count >= 0 && count < offsets) throw new OffsetMissing(firstOffset + count);
  if (count !== offsets || compression !== 0) return undefined;
  try {
    return decodeRecords(bytes.subarray(AT.records), count, { firstOffset, appendedAt });
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
};
