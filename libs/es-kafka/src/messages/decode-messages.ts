import { AT, TRANSACTIONAL_BIT } from '../record-batch/batch-header.js';
import { BatchDamaged, batchesIn, type StoredBatch } from '../record-batch/batches-in.js';
import { ByteCursor } from '../record-batch/byte-cursor.js';
import { MOST_HEADERS } from '../record-batch/decode-records.js';
import { type Message, refusedMessages, steppedOver } from './message.js';
import { unpack } from './unpack.js';

/** What a batch may unpack to. */
export const MOST_UNPACKED_BYTES = 16 * 1024 * 1024;

/** What one answer of a broker may still bring into memory; it counts down. */
export interface Allowance {
  bytes: number;
  messages: number;
}

/**
 * The messages from offset `from` on, out of batches as a broker hands them out, compressed or not. It ends when the allowance is
 * used up, by a batch too late at most. A batch that does not decode is one message that stands for it.
 * @throws BatchDamaged when they are not as they were stored, or nothing is whole.
 */
export const decodeMessages = async (bytes: Buffer, from: number, allowance: Allowance): Promise<Message[]> => {
  const messages: Message[] = [];
  let isWhole = bytes.length === 0;
  for (const batch of batchesIn(bytes)) {
    if (batch.nextOffset <= from) continue;
    isWhole = true;
    if (allowance.bytes <= 0 || allowance.messages <= 0) break;
    for (const message of await messagesOf(batch, from, allowance)) messages.push(message);
  }
  if (!isWhole) throw new BatchDamaged(from, 'is not whole');
  return messages;
};

const messagesOf = async (batch: StoredBatch, from: number, allowance: Allowance): Promise<readonly Message[]> => {
  try {
    const { firstOffset } = batch;
    if (firstOffset === undefined) throw new RangeError('its format is older than 2');
    const records = await unpack(batch.compression, batch.bytes.subarray(AT.records), MOST_UNPACKED_BYTES);
    allowance.bytes -= records.length;
    return new BatchReader(batch, firstOffset, records).messages(from, allowance);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    allowance.messages -= 1;
    const { firstOffset = batch.nextOffset - 1, nextOffset } = batch;
    const places = { firstOffset: String(firstOffset), lastOffset: String(nextOffset - 1) };
    return [refusedMessages({ ...places, reason: error.message })];
  }
};

/** One batch and its records, unpacked. */
class BatchReader {
  readonly #attributes: number;
  readonly #context: Message['batchContext'];
  readonly #firstTimestamp: number;

  constructor(
    private readonly batch: StoredBatch,
    private readonly firstOffset: number,
    private readonly records: Buffer,
  ) {
    const { bytes } = batch;
    this.#attributes = bytes.readInt16BE(AT.attributes);
    this.#firstTimestamp = Number(bytes.readBigInt64BE(AT.firstTimestamp));
    this.#context = {
      inTransaction: (this.#attributes & TRANSACTIONAL_BIT) !== 0,
      producerId: String(bytes.readBigInt64BE(AT.producerId)),
    };
  }

  /** @throws RangeError when anything in the batch does not decode, whatever is wanted of it */
  messages(from: number, allowance: Allowance): readonly Message[] {
    this.#assertDecodes();
    const cursor = this.#cursor();
    const messages: Message[] = [];
    for (let i = 0; i < this.batch.count; i += 1) {
      if (allowance.messages <= 0) return messages;
      const start = cursor.at;
      const offset = this.firstOffset + stepOver(cursor);
      if (offset < from) continue;
      messages.push(this.#message(start, offset));
      allowance.messages -= 1;
    }
    // Compaction may have taken the last ones out.
    const last = this.batch.nextOffset - 1;
    return messages.at(-1)?.offset === String(last) ? messages : [...messages, steppedOver(last)];
  }

  #cursor(): ByteCursor {
    return new ByteCursor(this.records, 0, this.records.length);
  }

  #assertDecodes(): void {
    const cursor = this.#cursor();
    const last = this.batch.nextOffset - 1 - this.firstOffset;
    let before = -1;
    for (let i = 0; i < this.batch.count; i += 1) {
      const delta = stepOver(cursor);
      if (delta <= before || delta > last) throw new RangeError('its offsets are wrong');
      before = delta;
    }
    if (cursor.at !== cursor.end) throw new RangeError('it holds more than it says');
  }

  #message(start: number, offset: number): Message {
    const cursor = new ByteCursor(this.records, start, this.records.length);
    cursor.length();
    cursor.at += 1; // attributes, of which there are none
    const timestamp = String(this.#firstTimestamp + cursor.varlong());
    cursor.varint(); // its offset
    const key = cursor.bytesOrNull();
    const value = cursor.bytesOrNull();
    return {
      ...{ magicByte: 2, attributes: 0, timestamp, offset: String(offset), key, value, headers: headersAt(cursor) },
      ...{ isControlRecord: this.batch.isControl, batchContext: this.#context },
    };
  }
}

/** Answers the record's offset, counted from the first one of its batch. @throws RangeError when it does not decode */
const stepOver = (cursor: ByteCursor): number => {
  const length = cursor.length();
  const end = cursor.at + length;
  cursor.at += 1;
  cursor.skipVarlong();
  const offset = cursor.varint();
  stepOverBytes(cursor);
  stepOverBytes(cursor);
  const headers = cursor.varint();
  if (headers < 0 || headers > MOST_HEADERS) throw new RangeError(`a record has ${headers} headers`);
  for (let i = 0; i < 2 * headers; i += 1) stepOverBytes(cursor);
  if (cursor.at !== end) throw new RangeError('a record has another length');
  return offset;
};

const stepOverBytes = (cursor: ByteCursor): void => {
  const length = cursor.length();
  cursor.at += Math.max(0, length);
};

const headersAt = (cursor: ByteCursor): Message['headers'] => {
  const headers = new Map<string, Buffer | null | (Buffer | null)[]>();
  for (let rest = cursor.varint(); rest > 0; rest -= 1) {
    const name = String(cursor.bytesOrNull() ?? '');
    const value = cursor.bytesOrNull();
    const before = headers.get(name);
    if (Array.isArray(before)) before.push(value);
    else headers.set(name, before === undefined ? value : [before, value]);
  }
  return Object.fromEntries(headers);
};
