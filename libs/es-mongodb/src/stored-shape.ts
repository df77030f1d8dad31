import { type Json, Unreadable } from '@ledgerline/es-core';
import type { DocumentWrite, ReaderState, StoredDocument } from '@ledgerline/es-core/adapter';
import type { ObjectId } from 'mongodb';

/** A document of a read model as MongoDB has it; a tombstone has no `document`. */
export interface MongoDocument extends Omit<StoredDocument, 'id' | 'document'> {
  readonly _id: string;
  readonly document?: StoredDocument['document'];
  /** The call that wrote it: how a writer knows its own writes again. */
  readonly call: ObjectId;
}

export const toMongo = (
  { id, document, positions, expectedRevision, parked }: DocumentWrite,
  call: ObjectId,
): MongoDocument => ({
  ...{ _id: id, positions, revision: expectedRevision + 1, call },
  ...(document && { document }),
  ...(parked && { parked }),
});

/** @throws Unreadable when somebody made something else of it, by hand. */
export const toStored = (collection: string, found: MongoDocument): StoredDocument => {
  const { _id: id, document, positions, revision, parked } = found;
  if (!isObject(positions) || !Object.values(positions).every(isCount) || !isCount(revision) || revision < 1)
    throw unreadable(collection, id);
  if (document !== undefined && !(isObject(document) && isJson(document))) throw unreadable(collection, id);
  if (parked !== undefined && !isParked(parked)) throw unreadable(collection, id);
  return { id, document, positions, revision, ...(parked && { parked }) };
};

const unreadable = (collection: string, id: string): Unreadable =>
  new Unreadable(`the document ${id} of ${collection}`, { collection, id });

export const isState = (value: unknown): value is ReaderState =>
  isObject(value) &&
  ['logId', 'head', 'time'].every((field) => typeof value[field] === 'string') &&
  ['ordinal', 'headOffset'].every((field) => Number.isSafeInteger(value[field]));

const isParked = (value: unknown): boolean =>
  isObject(value) &&
  [value['at'], value['reason']].every((text) => typeof text === 'string') &&
  isObject(value['event']) &&
  [value['event'], value['missed']].every((part) => isObject(part) && isJson(part as Json)) &&
  isObject(value['from']) &&
  Object.values(value['from']).every(isState);

const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && Number(value) >= 0;

/** A plain object: dates, ids and the like of MongoDB are instances of classes. */
export const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype;

export const isJson = (value: unknown): value is Json => {
  if (value === null || typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean')
    return true;
  if (Array.isArray(value)) return value.every(isJson);
  if (!isObject(value)) return false;
  for (const name in value) if (!isJson(value[name])) return false;
  return true;
};
