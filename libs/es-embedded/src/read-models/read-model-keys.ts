import { EsError, type JsonObject } from '@ledgerline/es-core';
import type { Scalar } from '@ledgerline/es-core/adapter';
import { isObject, meetsArray, type SortField, valueAt } from './document-order.js';
import { inverted, MAX_INDEXED_CHARACTERS, orderedBytes, orderedText } from './ordered-bytes.js';

// The first byte of a key says what lies under it; 0 is the environment's format.
const COLLECTION = 1;
const CHECKPOINT = 2;
const LAST_NUMBER = 4;
const CONTENT = 5;
const RECORD = 6; // 3 held the collection that answered, before projections had records.

const MAX_ID_BYTES = 1200;
const MAX_KEY_BYTES = 1900;

/** From the first key to before the second. */
export interface KeyRange {
  readonly start: Buffer;
  readonly end: Buffer;
}

const startingWith = (prefix: Buffer): KeyRange => ({ start: prefix, end: Buffer.concat([prefix, Buffer.of(0xff)]) });
const named = (section: number, ...names: readonly string[]): Buffer =>
  Buffer.concat([Buffer.of(section), Buffer.from(names.join('\0'))]);

export const collectionKey = (collection: string): Buffer => named(COLLECTION, collection);
export const collectionKeys = startingWith(Buffer.of(COLLECTION));
export const checkpointKey = (collection: string, partition: string): Buffer =>
  named(CHECKPOINT, collection, partition);
export const checkpointKeys = (collection: string): KeyRange => startingWith(named(CHECKPOINT, collection, ''));
export const partitionOf = (checkpoint: Uint8Array, collection: string): string =>
  Buffer.from(checkpoint).toString('utf8', checkpointKey(collection, '').length);
export const recordKey = (name: string): Buffer => named(RECORD, name);
export const lastNumberKey = Buffer.of(LAST_NUMBER);

// A collection's documents and index entries lie under its number, which is never used again.
const content = (number: number, ...rest: readonly Buffer[]): Buffer => {
  const head = Buffer.allocUnsafe(5);
  head.writeUInt8(CONTENT, 0);
  head.writeUInt32BE(number, 1);
  return Buffer.concat([head, ...rest]);
};

const DOCUMENTS = Buffer.of(0);
const PARKED = Buffer.of(0xff);
const indexPart = (index: number): Buffer => Buffer.of(index + 1);

/** Everything that collections hold, also those that are being removed. */
export const contentKeys: KeyRange = { start: Buffer.of(CONTENT), end: Buffer.of(CONTENT + 1) };
export const numberOf = (contentKey: Uint8Array): number =>
  Buffer.from(contentKey.buffer, contentKey.byteOffset, contentKey.length).readUInt32BE(1);
export const contentOf = (number: number): KeyRange => ({ start: content(number), end: content(number + 1) });

/** In the order of their ids, by code unit. @throws EsError 'document-id-too-long' */
export const documentKey = (number: number, id: string): Buffer => content(number, DOCUMENTS, idBytes(id));
/** Those behind the document `after`, or all. */
export const documentKeys = (number: number, after?: string): KeyRange => {
  const all = startingWith(content(number, DOCUMENTS));
  return after === undefined ? all : { ...all, start: Buffer.concat([documentKey(number, after), Buffer.of(0)]) };
};

/** Parked documents, in the order of their ids. */
export const parkedKey = (number: number, id: string): Buffer => content(number, PARKED, idBytes(id));
/** Those behind the document `after`, or all. */
export const parkedKeys = (number: number, after?: string): KeyRange => {
  const all = startingWith(content(number, PARKED));
  return after === undefined ? all : { ...all, start: Buffer.concat([parkedKey(number, after), Buffer.of(0)]) };
};

const idBytes = (id: string): Buffer => {
  const bytes = orderedText(id);
  if (bytes.length <= MAX_ID_BYTES) return bytes;
  throw new EsError(
    'document-id-too-long',
    `a document's id has ${bytes.length} bytes; at most ${MAX_ID_BYTES} are allowed`,
    false,
  );
};

const NOT_INDEXABLE = Buffer.of(0xfe);

/** Documents that the index cannot place, because of an array, an object or a very long string: every search looks at them. */
export const unplacedKeys = (number: number, index: number): KeyRange =>
  startingWith(content(number, indexPart(index), NOT_INDEXABLE));

/** Where the index has the document: by its fields, then by its id. */
export const indexKey = (at: { number: number; index: number }, fields: readonly SortField[], entry: Entry): Buffer => {
  const id = idBytes(entry.id);
  const place = placeOf(fields, entry.document);
  const key = place && content(at.number, indexPart(at.index), ...place, id);
  return key && key.length <= MAX_KEY_BYTES ? key : content(at.number, indexPart(at.index), NOT_INDEXABLE, id);
};

interface Entry {
  readonly id: string;
  readonly document: JsonObject;
}

const placeOf = (fields: readonly SortField[], document: JsonObject): Buffer[] | undefined => {
  const place: Buffer[] = [];
  for (const [field, direction] of fields) {
    const value = valueAt(document, field) ?? null;
    if (meetsArray(document, field) || isObject(value) || Array.isArray(value)) return undefined;
    if (typeof value === 'string' && value.length > MAX_INDEXED_CHARACTERS) return undefined;
    place.push(directed(orderedBytes(value as Scalar), direction));
  }
  return place;
};

export const directed = (bytes: Buffer, direction: 1 | -1): Buffer => (direction === 1 ? bytes : inverted(bytes));

export const indexRange = (
  number: number,
  index: number,
  from: readonly Buffer[],
  to: readonly Buffer[],
): KeyRange => ({
  start: content(number, indexPart(index), ...from),
  end: content(number, indexPart(index), ...to),
});
