import { Unreadable } from '@ledgerline/es-core';
import type { LogRecord, StoredRecord } from '@ledgerline/es-core/adapter';
import { ByteReader } from '../storage/byte-reader.js';
import { ByteWriter } from '../storage/byte-writer.js';

// Stored logs name these by their place: only ever add at the end.
const HEADER_NAMES = [
  'ce_specversion',
  'ce_id',
  'ce_type',
  'ce_source',
  'ce_time',
  'content-type',
  'kind',
  'version',
  'commit',
  'prev',
  'commandid',
  'fingerprint',
  'correlationid',
  'causationid',
  'actor',
  'owner',
  'traceparent',
] as const;

/** Written before a header name that is not in the list; the name itself follows in the text. */
const LITERAL = 0;
const NUMBERS: ReadonlyMap<string, number> = new Map(HEADER_NAMES.map((name, i) => [name, i + 1]));
const CODEC_VERSION = 1;
const WHAT = 'a batch of log records';

const writer = new ByteWriter();

/** The batch as one value: one record after the other, each as its lengths and then all of its text. */
export const encodeBatch = (records: readonly LogRecord[]): Buffer => {
  writer.begin();
  writer.byte(CODEC_VERSION);
  writer.varint(records.length);
  for (const record of records) writer.text(writeLengths(record));
  return writer.end();
};

/** Writes the record's lengths and answers its text: key, value, and each header's value, a literal name before it. */
const writeLengths = ({ key, value, headers }: LogRecord): string => {
  const names = Object.keys(headers);
  let text = key + value;
  writer.varint(key.length);
  writer.varint(value.length);
  writer.varint(names.length);
  for (const name of names) {
    const header = headers[name] ?? '';
    const number = NUMBERS.get(name) ?? LITERAL;
    writer.varint(number);
    if (number === LITERAL) {
      writer.varint(name.length);
      text += name;
    }
    writer.varint(header.length);
    text += header;
  }
  return text;
};

/** How many records the batch holds, without reading them. */
export const countBatch = (bytes: Buffer): number => begin(bytes).count;

/** @throws Unreadable when the bytes are damaged or were written by a newer version. */
export const decodeBatch = (bytes: Buffer, firstOffset: number): StoredRecord[] => {
  const { reader, count } = begin(bytes);
  const records: StoredRecord[] = [];
  for (let i = 0; i < count; i += 1) records.push(readRecord(reader, firstOffset + i));
  if (!reader.done) throw new Unreadable(WHAT, { firstOffset });
  return records;
};

const begin = (bytes: Buffer): { readonly reader: ByteReader; readonly count: number } => {
  const reader = new ByteReader(bytes, WHAT);
  const version = reader.byte();
  if (version !== CODEC_VERSION) throw new Unreadable(WHAT, { version });
  return { reader, count: reader.varint() };
};

// Used again for every record: name number (or minus the length of a literal name), then the length of the value.
const pairs: number[] = [];

const readRecord = (reader: ByteReader, offset: number): StoredRecord => {
  const keyLength = reader.varint();
  const valueEnd = keyLength + reader.varint();
  const count = reader.varint();
  for (let i = 0; i < count; i += 1) {
    const number = reader.varint();
    pairs[2 * i] = number === LITERAL ? -reader.varint() : number;
    pairs[2 * i + 1] = reader.varint();
  }
  const text = reader.text();
  const headers = readHeaders(text, valueEnd, count);
  return { key: text.substring(0, keyLength), value: text.substring(keyLength, valueEnd), headers, offset };
};

const readHeaders = (text: string, from: number, count: number): Record<string, string> => {
  const headers: Record<string, string> = {};
  let at = from;
  for (let i = 0; i < count; i += 1) {
    const number = pairs[2 * i] ?? 0;
    const name = number > 0 ? HEADER_NAMES[number - 1] : text.substring(at, (at -= number));
    if (name === undefined) throw new Unreadable(WHAT, { header: number });
    headers[name] = text.substring(at, (at += pairs[2 * i + 1] ?? 0));
  }
  return headers;
};
