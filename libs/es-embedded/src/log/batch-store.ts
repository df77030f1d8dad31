import type { StoredRecord } from '@ledgerline/es-core/adapter';
import { committed } from '../storage/committed.js';
import type { Environment } from '../storage/environment.js';
import { countBatch, decodeBatch } from './record-codec.js';

/** One appended batch as it lies in the environment. */
export interface StoredBatch {
  readonly firstOffset: number;
  readonly value: Buffer;
}

/** The batches of a topic in LMDB, each one entry under its partition and its first offset. */
export class BatchStore {
  constructor(private readonly environment: Environment) {}

  /** Stores the batch unless something lies at its first offset; false when it does. Resolves when it is flushed. */
  async put(partition: number, { firstOffset, value }: StoredBatch): Promise<boolean> {
    const key = keyOf(partition, firstOffset);
    // What comes while LMDB flushes goes into the next transaction together, and has one flush.
    return await committed(this.environment.ifNoExists(key, () => void this.environment.put(key, value)));
  }

  /** The offset behind the partition's last record. */
  end(partition: number): number {
    this.environment.resetReadTxn();
    const last = this.#atOrBefore(partition, LAST_OFFSET);
    return last ? last.firstOffset + countBatch(last.value) : 0;
  }

  /** Batches from the one that holds offset `from`, or comes next, as they were when the first one is taken. */
  *from(partition: number, from: number): Iterable<StoredBatch> {
    this.environment.resetReadTxn();
    const start = this.#atOrBefore(partition, from)?.firstOffset ?? from;
    const range = { start: keyOf(partition, start), end: beforeAll(partition + 1) };
    for (const { key, value } of this.environment.getRange(range)) yield { firstOffset: offsetOf(key), value };
  }

  #atOrBefore(partition: number, offset: number): StoredBatch | undefined {
    const range = { start: keyOf(partition, offset), end: beforeAll(partition), reverse: true, limit: 1 };
    for (const { key, value } of this.environment.getRange(range)) return { firstOffset: offsetOf(key), value };
    return undefined;
  }
}

/** The batch's records from offset `from` on. */
export const recordsFrom = ({ firstOffset, value }: StoredBatch, from: number): StoredRecord[] => {
  const records = decodeBatch(value, firstOffset);
  return from <= firstOffset ? records : records.slice(from - firstOffset);
};

const LAST_OFFSET = 2 ** 48 - 1;

// The first byte keeps clear of the environment's format key.
const keyOf = (partition: number, offset: number): Buffer => {
  const key = Buffer.allocUnsafe(10);
  key.writeUInt32BE(partition + 0x01000000, 0);
  key.writeUIntBE(offset, 4, 6);
  return key;
};

const offsetOf = (key: Uint8Array): number => Buffer.from(key.buffer, key.byteOffset, key.length).readUIntBE(4, 6);

const beforeAll = (partition: number): Buffer => keyOf(partition, 0).subarray(0, 4);
