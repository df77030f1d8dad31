import type { StoredRecord } from '@ledgerline/es-core/adapter';
import { ByteCursor } from './byte-cursor.js';

/** Header names as the last record had them: those of the next one are the same, in the same order. */
const lastNames: string[] = [];

/** Ours have about twenty. With more, a few bytes would take up much more memory than they are. */
export const MOST_HEADERS = 1_000;

/** Where the fields of one record lie: start and length of key, value, and each header's name and value in turn. */
const spans: number[] = [];

interface BatchPlace {
  readonly firstOffset: number;
  readonly appendedAt: number | undefined;
}

type RecordPlace = Pick<StoredRecord, 'offset' | 'appendedAt'>;

/**
 * `count` records that fill the bytes, the first one at `firstOffset`, all of them appended at once.
 * @throws RangeError when they do not, and when offsets are missing.
 */
export const decodeRecords = (
  bytes: Buffer,
  count: number,
  { firstOffset, appendedAt }: BatchPlace,
): StoredRecord[] => {
  const cursor = new ByteCursor(bytes, 0, bytes.length);
  const records: StoredRecord[] = [];
  for (let i = 0; i < count; i += 1) records.push(readRecord(cursor, i, { offset: firstOffset + i, appendedAt }));
  if (cursor.at !== bytes.length) throw new RangeError('there is more than was said');
  return records;
};

const readRecord = (cursor: ByteCursor, index: number, place: RecordPlace): StoredRecord => {
  const length = cursor.length();
  const start = cursor.at;
  const end = start + length;
  cursor.highBytes = 0;
  cursor.at += 1; // attributes, of which there are none
  cursor.skipVarlong(); // its time, which the broker sets
  if (cursor.varint() !== index) throw new RangeError('an offset is missing');
  const headers = findSpans(cursor);
  if (cursor.at !== end) throw new RangeError('a record has another length');
  // One look at all of it instead of thirty: if all bytes above 0x7f belong to lengths, every field is ASCII.
  const text = cursor.bytes.toString('latin1', start, end);
  const ascii = Buffer.byteLength(text) - text.length === cursor.highBytes;
  const { bytes } = cursor;
  return ascii ? asciiRecord({ text, bytes, start, headers, place }) : utf8Record({ bytes, headers, place });
};

/** Leaves the spans of the record, and answers how many headers it has. */
const findSpans = (cursor: ByteCursor): number => {
  span(cursor, 0);
  span(cursor, 2);
  const headers = cursor.varint();
  if (headers < 0 || headers > MOST_HEADERS) throw new RangeError('a number of headers is wrong');
  for (let i = 1; i <= headers; i += 1) {
    span(cursor, 4 * i);
    span(cursor, 4 * i + 2);
  }
  return headers;
};

const span = (cursor: ByteCursor, place: number): void => {
  const length = Math.max(0, cursor.length());
  spans[place] = cursor.at;
  spans[place + 1] = length;
  cursor.at += length;
};

interface Ascii {
  readonly text: string;
  /** Of the whole batch. */
  readonly bytes: Buffer;
  /** Where the text begins. */
  readonly start: number;
  readonly headers: number;
  readonly place: RecordPlace;
}

const asciiRecord = ({ text, bytes, start, headers: count, place: { offset, appendedAt } }: Ascii): StoredRecord => {
  const field = (place: number): string => {
    const from = (spans[place] as number) - start;
    return text.substring(from, from + (spans[place + 1] as number));
  };
  const headers: Record<string, string> = {};
  for (let i = 0; i < count; i += 1) {
    const place = 4 * i + 4;
    const last = lastNames[i];
    const same =
      last !== undefined && last.length === spans[place + 1] && text.startsWith(last, (spans[place] as number) - start);
    headers[same ? last : (lastNames[i] = name(bytes, place))] = field(place + 2);
  }
  return { key: field(0), value: field(2), headers, offset, appendedAt };
};

/** A copy: part of a text keeps all of it in memory, for as long as the name is remembered. */
const name = (bytes: Buffer, place: number): string => {
  const from = spans[place] as number;
  return bytes.toString('latin1', from, from + (spans[place + 1] as number));
};

const utf8Record = ({ bytes, headers: count, place }: Pick<Ascii, 'bytes' | 'headers' | 'place'>): StoredRecord => {
  const field = (place: number): string => {
    const from = spans[place] as number;
    return bytes.toString('utf8', from, from + (spans[place + 1] as number));
  };
  const headers: Record<string, string> = {};
  for (let i = 0; i < count; i += 1) headers[field(4 * i + 4)] = field(4 * i + 6);
  return { key: field(0), value: field(2), headers, ...place };
};
