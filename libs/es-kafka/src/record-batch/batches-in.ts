import { crc32, crc32c } from '@node-rs/crc32';
import { APPEND_TIME_BIT, AT, COMPRESSION_BITS, CONTROL_BIT, MAGIC } from './batch-header.js';

/** A whole batch whose checksum is right, by what its header says. What its records say is another matter. */
export interface StoredBatch {
  readonly bytes: Buffer;
  /** Absent in formats before 2, which say only where they end. */
  readonly firstOffset: number | undefined;
  /** Behind its last offset. */
  readonly nextOffset: number;
  /** How many records it claims to hold. */
  readonly count: number;
  /** 0 for none. */
  readonly compression: number;
  readonly isControl: boolean;
  /** When the broker stored it, where the batch says so. */
  readonly appendedAt?: number;
}

/** What a broker handed out is not what it has, or what it has was damaged on its disk. Read again, it may be right. */
export class BatchDamaged extends Error {
  constructor(
    readonly offset: number,
    reason: string,
  ) {
    super(`the batch at offset ${offset} ${reason}`);
  }
}

/**
 * The batches in what a broker hands out, one after the other; one that is cut off at the end is left out.
 * @throws BatchDamaged at one that is not as it was stored.
 */
export function* batchesIn(bytes: Buffer): Generator<StoredBatch> {
  for (let at = 0; at + AT.checksum <= bytes.length;) {
    const end = at + AT.leaderEpoch + bytes.readInt32BE(at + AT.length);
    if (end < at + AT.checksum) throw new BatchDamaged(offsetIn(bytes.subarray(at)), 'has no length');
    if (end > bytes.length) return;
    yield batchOf(bytes.subarray(at, end));
    at = end;
  }
}

const batchOf = (bytes: Buffer): StoredBatch => {
  const magic = bytes.readInt8(AT.magic);
  if (magic === MAGIC) return presentBatch(bytes);
  if (magic === 0 || magic === 1) return olderMessage(bytes);
  throw new BatchDamaged(offsetIn(bytes), `has format ${magic}, which is not known`);
};

const presentBatch = (bytes: Buffer): StoredBatch => {
  const firstOffset = offsetIn(bytes);
  if (bytes.length < AT.records) throw new BatchDamaged(firstOffset, 'is too short');
  if (crc32c(bytes.subarray(AT.attributes)) !== bytes.readUInt32BE(AT.checksum))
    throw new BatchDamaged(firstOffset, 'has another checksum than it says');
  const lastOffsetDelta = bytes.readInt32BE(AT.lastOffsetDelta);
  if (lastOffsetDelta < 0) throw new BatchDamaged(firstOffset, 'ends before it begins');
  const attributes = bytes.readInt16BE(AT.attributes);
  return {
    ...{ bytes, firstOffset, nextOffset: firstOffset + lastOffsetDelta + 1, count: bytes.readInt32BE(AT.count) },
    ...{ compression: attributes & COMPRESSION_BITS, isControl: (attributes & CONTROL_BIT) !== 0 },
    ...((attributes & APPEND_TIME_BIT) !== 0 && { appendedAt: Number(bytes.readBigInt64BE(AT.maxTimestamp)) }),
  };
};

/** Formats 0 and 1: one message, or several compressed into one, under the offset of the last of them. */
const olderMessage = (bytes: Buffer): StoredBatch => {
  const offset = offsetIn(bytes);
  if (crc32(bytes.subarray(AT.magic)) !== bytes.readUInt32BE(AT.leaderEpoch))
    throw new BatchDamaged(offset, 'has another checksum than it says');
  return { bytes, firstOffset: undefined, nextOffset: offset + 1, count: 1, compression: 0, isControl: false };
};

const offsetIn = (batch: Buffer): number =>
  batch.readInt32BE(AT.firstOffset) * 2 ** 32 + batch.readUInt32BE(AT.firstOffset + 4);
