import { type JsonObject, type ReaderState, type StoredDocument, Unreadable } from '@ledgerline/es-core';
import type { SortField } from './document-order.js';

/** A collection as it is registered: the number its keys begin with, and its indexes in the order of their numbers. */
export interface CollectionEntry {
  readonly number: number;
  readonly indexes: readonly (readonly SortField[])[];
}

/** A document that is there, not a tombstone. */
export type LiveDocument = StoredDocument & { readonly document: JsonObject };

export const isLive = (stored: StoredDocument): stored is LiveDocument => stored.document !== undefined;

export const toBytes = (value: StoredDocument | CollectionEntry | ReaderState): Buffer =>
  Buffer.from(JSON.stringify(value));

export const toCollection = (bytes: Buffer): CollectionEntry =>
  parse(bytes, 'a collection of read models') as CollectionEntry;
export const toState = (bytes: Buffer): ReaderState => parse(bytes, "a projection's checkpoint") as ReaderState;
/** A tombstone has no `document`. */
export const toDocument = (bytes: Buffer): StoredDocument => {
  const { document, ...rest } = parse(bytes, 'a read model document') as StoredDocument;
  return { document, ...rest };
};

const parse = (bytes: Buffer, what: string): unknown => {
  try {
    return JSON.parse(bytes.toString());
  } catch (cause) {
    throw new Unreadable(what, {}, { cause });
  }
};
