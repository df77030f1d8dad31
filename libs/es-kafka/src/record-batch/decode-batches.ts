import { crc32c } from '@node-rs/crc32';
import { type StoredRecord, Unreadable } from '@ledgerline/es-core';
import { AT, COMPRESSION_BITS, CONTROL_BIT, MAGIC } from './batch-header.js';
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
 * may be cut off.
 * @throws OffsetMissing where they do not follow each other. @throws Unreadable when they are damaged.
 */
export const decodeBatches = (bytes: Buffer, from: number): Decoded => {
  const parts: (readonly StoredRecord[])[] = [];
  let nextOffset = from;
  for (let at = 0; ;) {
    const batch = batchAt(bytes, at);
    if (!batch) return { records: parts.length === 1 ? (parts[0] ?? []) : parts.flat(), nextOffset };
    at += batch.length;
    const { firstOffset, end, isControl } = outlineOf(batch);
    if (end <= nextOffset) continue;
    if (firstOffset > nextOffset) throw new OffsetMissing(nextOffset);
    if (!isControl) {
      const records = recordsOf(batch);
      parts.push(firstOffset === nextOffset ? records : records.slice(nextOffset - firstOffset));
    }
    nextOffset = end;
  }
};

/** The whole batch that begins there, if it is whole. */
const batchAt = (bytes: Buffer, at: number): Buffer | undefined => {
  if (at + AT.records > bytes.length) return undefined;
  const end = at + AT.leaderEpoch + bytes.readInt32BE(at + AT.length);
  if (end < at + AT.records) throw new Unreadable(WHAT, { offset: offsetIn(bytes.subarray(at)) });
  return end <= bytes.length ? bytes.subarray(at, end) : undefined;
};

const WHAT = 'a record batch';

const offsetIn = (batch: Buffer): number =>
  batch.readInt32BE(AT.firstOffset) * 2 ** 32 + batch.readUInt32BE(AT.firstOffset + 4);

const outlineOf = (batch: Buffer) => {
  const firstOffset = offsetIn(batch);
  const magic = batch.readInt8(AT.magic);
  if (magic !== MAGIC) throw new Unreadable(WHAT, { offset: firstOffset, magic });
  return {
    firstOffset,
    end: firstOffset + batch.readInt32BE(AT.lastOffsetDelta) + 1,
    isControl: (batch.readInt16BE(AT.attributes) & CONTROL_BIT) !== 0,
  };
};

const recordsOf = (batch: Buffer): readonly StoredRecord[] => {
  const firstOffset = offsetIn(batch);
  if (crc32c(batch.subarray(AT.attributes)) !== batch.readUInt32BE(AT.checksum))
    throw new Unreadable(WHAT, { offset: firstOffset, reason: 'checksum' });
  const count = batch.readInt32BE(AT.count);
  // Compaction takes records out and leaves the offsets of the batch as they were.
  if (count !== batch.readInt32BE(AT.lastOffsetDelta) + 1) throw new OffsetMissing(firstOffset + Math.max(0, count));
  if ((batch.readInt16BE(AT.attributes) & COMPRESSION_BITS) !== 0) return notOurs(count, firstOffset);
  try {
    return decodeRecords(batch.subarray(AT.records), count, firstOffset);
  } catch (cause) {
    throw new Unreadable(WHAT, { offset: firstOffset }, { cause });
  }
};

/**
 * What a compressed batch holds is not looked at. We never compress, and a topic that compresses what it is sent is refused at the
 * start, so somebody else sent it and it would not count whatever it says: for every reader it is noise, one record each.
 */
const notOurs = (count: number, firstOffset: number): StoredRecord[] =>
  Array.from({ length: count }, (_, i) => ({ key: '', value: '', headers: {}, offset: firstOffset + i }));
