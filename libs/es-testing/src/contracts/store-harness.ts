import assert from 'node:assert/strict';
import type { DocumentQuery, JsonObject } from '@ledgerline/es-core';
import type {
  CollectionSpec,
  DocumentWrite,
  ReaderState,
  ReadModelStore,
  StoredDocument,
} from '@ledgerline/es-core/adapter';
import type { Parked } from '@ledgerline/es-core/generations';
import { assertSame } from '../specification/same.js';
import type { ContractCase, ContractHarness } from './contract.js';

/** A fresh store without collections. */
export interface ReadModelStoreHarness extends ContractHarness {
  readonly store: ReadModelStore;
  /** Closes the store and opens it again. */
  readonly reopen?: () => Promise<ReadModelStore>;
  /** A second handle on the same store, as another process would have it. */
  readonly another?: () => Promise<ReadModelStore>;
}

export type StoreAbility = 'reopen' | 'another';
export type StoreCase = ContractCase<ReadModelStoreHarness, StoreAbility>;

export const PARCELS = 'parcels-r1';

export const collectionOf = (name = PARCELS, indexes: CollectionSpec['indexes'] = []): CollectionSpec => {
  return { name, indexes };
};

export const POSITIONS = { 'parcels.events/3': 12 };

/** The first write of a document, with what `more` says otherwise. */
export const writeOf = (
  id: string,
  document: JsonObject = { id },
  more: Partial<DocumentWrite> = {},
): DocumentWrite => ({ id, document, positions: POSITIONS, expectedRevision: 0, ...more });

/** The document as it has to be read back after a write that counted. */
export const storedBy = ({ expectedRevision, ...write }: DocumentWrite): StoredDocument => {
  return { ...write, revision: expectedRevision + 1 };
};

/** Writes that have to succeed. */
export const write = async (store: ReadModelStore, ...writes: readonly DocumentWrite[]): Promise<void> => {
  assertSame(await store.write(PARCELS, writes), [], 'a write was refused');
};

/** Fills a collection: the documents by id. */
export const fill = async (
  store: ReadModelStore,
  documents: Readonly<Record<string, JsonObject>>,
  indexes: CollectionSpec['indexes'] = [],
): Promise<void> => {
  await store.ensure(collectionOf(PARCELS, indexes));
  await write(store, ...Object.entries(documents).map(([id, document]) => writeOf(id, document)));
};

export const idsOf = async (store: ReadModelStore, query: DocumentQuery, collection = PARCELS): Promise<string[]> =>
  (await store.find(collection, query)).map(({ id }) => id);

export const loaded = async (
  store: ReadModelStore,
  ...ids: readonly string[]
): Promise<(StoredDocument | undefined)[]> => {
  const documents = await store.load(PARCELS, ids);
  assert.ok(
    [...documents.keys()].every((id) => ids.includes(id)),
    'documents came that nobody asked for',
  );
  return ids.map((id) => documents.get(id));
};

export const checkpointAt = (ordinal: number, more: Partial<ReaderState> = {}): ReaderState => ({
  ...{ logId: 'log-1', ordinal, head: `hash of ${ordinal}`, headOffset: ordinal - 1 },
  ...{ time: '2026-01-01T00:00:00.000Z', ...more },
});

/** Parked at this event of a partition, and some more were not applied since. */
export const parkedAt = (ordinal: number): Parked => ({
  ...{ at: '2026-01-02T03:04:05.678Z', reason: 'the fold failed: "Käse", 🛒' },
  event: {
    ...{ topic: 'parcels.events', partition: 3, ordinal },
    ...{ stream: 'parcel-1', version: 2, type: 'ParcelConfirmed', id: 'parcel-1@2' },
  },
  from: { 'parcels.events/3': checkpointAt(ordinal - 1), 'stamps.events/0': checkpointAt(2) },
  missed: { 'parcels.events/3': ordinal + 5, 'stamps.events/0': 3 },
});
