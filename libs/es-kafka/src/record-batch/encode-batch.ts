import { crc32c } from '@node-rs/crc32';
import type { LogRecord } from '@ledgerline/es-core/adapter';
import { AT, BATCH_OVERHEAD, MAGIC } from './batch-header.js';

/**
 * The records as one uncompressed record batch of a producer without an id. The batch is put together as text of one
 * character a byte, and written once: a call into the buffer for each of the thirty-odd fields of a record costs more than
 * all the rest.
 */
export const encodeBatch = (records: readonly LogRecord[], now: number): Buffer => {
  let text = '';
  for (let i = 0; i < records.length; i += 1) {
    const record = recordText(records[i] as LogRecord, i);
    text += varint(record.length) + record;
  }
  const bytes = Buffer.allocUnsafe(BATCH_OVERHEAD + text.length);
  bytes.write(text, AT.records, 'latin1');
  writeHeader(bytes, records.length, now);
  return bytes;
};

const recordText = ({ key, value, headers }: LogRecord, offsetDelta: number): string => {
  const names = Object.keys(headers);
  // Nearly all records are ASCII, where a field has as many bytes as characters.
  const sized = isAscii(key, value, headers) ? sizedAscii : sizedText;
  let text = ATTRIBUTES_AND_TIMESTAMP_DELTA + varint(offsetDelta) + sized(key) + sized(value) + varint(names.length);
  for (const name of names) text += sizedName(name) + sized(headers[name] as string);
  return text;
};

const isAscii = (key: string, value: string, headers: LogRecord['headers']): boolean => {
  let text = key + value;
  for (const name in headers) text += headers[name];
  return Buffer.byteLength(text) === text.length;
};

const sizedAscii = (text: string): string => varint(text.length) + text;

const sizedText = (text: string): string => sizedAscii(Buffer.from(text).toString('latin1'));

/** Names repeat from record to record. */
const sizedName = (name: string): string => {
  const known = NAMES.get(name);
  if (known !== undefined) return known;
  const sized = sizedText(name);
  if (NAMES.size < 1_000) NAMES.set(name, sized);
  return sized;
};

const NAMES = new Map<string, string>();
const ATTRIBUTES_AND_TIMESTAMP_DELTA = '\0\0';

/** A whole number from 0 to 2^31 - 1, zigzag and in groups of seven bits, low ones first. */
const varint = (value: number): string => SHORT[value] ?? longVarint(value);

const longVarint = (value: number): string => {
  let rest = value * 2;
  let text = '';
  while (rest >= 0x80) {
    text += String.fromCharCode((rest % 0x80) | 0x80);
    rest = Math.floor(rest / 0x80);
  }
  return text + String.fromCharCode(rest);
};

const SHORT: readonly string[] = Array.from({ length: 8192 }, (_, value) => longVarint(value));

const writeHeader = (bytes: Buffer, count: number, now: number): void => {
  const timestamp = BigInt(now);
  bytes.writeBigInt64BE(0n, AT.firstOffset);
  bytes.writeInt32BE(bytes.length - AT.leaderEpoch, AT.length);
  bytes.writeInt32BE(-1, AT.leaderEpoch);
  bytes.writeInt8(MAGIC, AT.magic);
  bytes.writeInt16BE(0, AT.attributes);
  bytes.writeInt32BE(count - 1, AT.lastOffsetDelta);
  bytes.writeBigInt64BE(timestamp, AT.firstTimestamp);
  bytes.writeBigInt64BE(timestamp, AT.maxTimestamp);
  bytes.writeBigInt64BE(-1n, AT.producerId);
  bytes.writeInt16BE(-1, AT.producerEpoch);
  bytes.writeInt32BE(-1, AT.firstSequence);
  bytes.writeInt32BE(count, AT.count);
  bytes.writeUInt32BE(crc32c(bytes.subarray(AT.attributes)), AT.checksum);
};
