import { type Facts, type Json, type JsonObject, Unreadable } from '@ledgerline/es-core';
import {
  type ReaderState,
  type ReadModelRecord,
  type StoredDocument,
  wellFormedJson,
} from '@ledgerline/es-core/adapter';
import { isObject, type SortField } from './document-order.js';

/** A collection as it is registered: the number its keys begin with, and its indexes in the order of their numbers. */
export interface CollectionEntry {
  readonly number: number;
  readonly indexes: readonly (readonly SortField[])[];
}

/** A document that is there, not a tombstone. */
export type LiveDocument = StoredDocument & { readonly document: JsonObject };

export const isLive = (stored: StoredDocument): stored is LiveDocument => stored.document !== undefined;

export const toBytes = (value: StoredDocument | CollectionEntry | ReaderState | ReadModelRecord): Buffer =>
  Buffer.from(JSON.stringify(value));

export const toCollection = (bytes: Buffer, name: string): CollectionEntry =>
  parse(bytes, `the collection ${name} of read models`) as unknown as CollectionEntry;
export const toState = (bytes: Buffer, collection: string): ReaderState =>
  parse(bytes, `a checkpoint of ${collection}`) as unknown as ReaderState;
export const toRecord = (bytes: Buffer, name: string): ReadModelRecord => {
  const what = `the record ${name}`;
  const stored = parse(bytes, what);
  if (isObject(stored) && isObject(stored['value']) && Number.isInteger(stored['revision']))
    return stored as unknown as ReadModelRecord;
  throw new Unreadable(what, { record: name });
};
/** A tombstone has no `document`. @throws Unreadable, which names the document. */
export const toDocument = (
  bytes: Buffer,
  place: { readonly collection: string; readonly id?: string },
): StoredDocument => {
  const what = `the document ${place.id ?? ''} of ${place.collection}`;
  const stored = parse(bytes, what, place);
  if (!isStoredDocument(stored)) throw new Unreadable(what, place);
  const { document, ...rest } = stored;
  return { document, ...rest };
};

const isStoredDocument = (value: Json): value is JsonObject & StoredDocument =>
  isObject(value) &&
  typeof value['id'] === 'string' &&
  Number.isInteger(value['revision']) &&
  isObject(value['positions']) &&
  (value['document'] === undefined || isObject(value['document'])) &&
  (value['parked'] === undefined || isObject(value['parked']));

/** Documents of before that was refused may have ill-formed text. */
const parse = (bytes: Buffer, what: string, facts: Facts = {}): Json => {
  try {
    return JSON.parse(wellFormedJson(bytes.toString())) as Json;
  } catch (cause) {
    throw new Unreadable(what, facts, { cause });
  }
};
