import { CollectionLost, type DocumentQuery, type JsonObject, type Positions } from '@ledgerline/es-core';
import {
  type CollectionSpec,
  type DocumentWrite,
  Furthest,
  type ParkedQuery,
  type ReaderState,
  type ReadModelRecord,
  type ReadModelStore,
  requireStorable,
  requireStorableWrites,
  type StoredDocument,
} from '@ledgerline/es-core/adapter';
import { frozen } from '../specification/same.js';
import { matches } from './document-filter.js';
import { orderBy } from './document-order.js';

/** Read models in this process' memory: gone with it, and otherwise as the port says. */
export const memoryReadModelStore = (): ReadModelStore => new MemoryReadModelStore();

interface Collection {
  readonly documents: Map<string, StoredDocument>;
  readonly checkpoints: Map<string, ReaderState>;
}

class MemoryReadModelStore implements ReadModelStore {
  readonly #collections = new Map<string, Collection>();
  readonly #records = new Map<string, ReadModelRecord>();

  ensure({ name }: CollectionSpec): Promise<void> {
    if (!this.#collections.has(name)) this.#collections.set(name, { documents: new Map(), checkpoints: new Map() });
    return Promise.resolve();
  }

  load(collection: string, ids: readonly string[]): Promise<ReadonlyMap<string, StoredDocument>> {
    const documents = this.#collections.get(collection)?.documents;
    const found = ids.flatMap((id) => documents?.get(id) ?? []);
    return Promise.resolve(new Map(found.map((stored) => [stored.id, stored])));
  }

  async write(collection: string, writes: readonly DocumentWrite[]): Promise<readonly string[]> {
    requireStorableWrites(writes);
    const { documents } = this.#existing(collection);
    const conflicts: string[] = [];
    for (const write of writes)
      if ((documents.get(write.id)?.revision ?? 0) !== write.expectedRevision) conflicts.push(write.id);
      else documents.set(write.id, storedBy(write));
    return await Promise.resolve(conflicts);
  }

  find(
    collection: string,
    { filter = {}, sort = [], limit, after }: DocumentQuery,
  ): Promise<readonly StoredDocument[]> {
    const documents = this.#collections.get(collection)?.documents.values() ?? [];
    const behind = [...documents].filter(({ id }) => after === undefined || id > after);
    const found = behind.filter(isAlive).filter(({ document }) => matches(document, filter));
    return Promise.resolve(found.sort(orderBy(sort)).slice(0, limit));
  }

  parked(collection: string, { limit, after }: ParkedQuery): Promise<readonly StoredDocument[]> {
    const behind = this.#parked(collection).filter(({ id }) => after === undefined || id > after);
    return Promise.resolve(behind.sort((a, b) => (a.id < b.id ? -1 : 1)).slice(0, limit));
  }

  countParked(collection: string): Promise<number> {
    return Promise.resolve(this.#parked(collection).length);
  }

  furthest(collection: string): Promise<Positions> {
    const furthest = new Furthest();
    for (const document of this.#collections.get(collection)?.documents.values() ?? []) furthest.take(document);
    return Promise.resolve(furthest.positions);
  }

  drop(collection: string): Promise<void> {
    this.#collections.delete(collection);
    return Promise.resolve();
  }

  checkpoints(collection: string): Promise<ReadonlyMap<string, ReaderState>> {
    return Promise.resolve(new Map(this.#collections.get(collection)?.checkpoints));
  }

  async saveCheckpoint(collection: string, partitionKey: string, state: ReaderState): Promise<void> {
    const { checkpoints } = this.#existing(collection);
    const stored = checkpoints.get(partitionKey);
    if (stored?.logId !== state.logId || stored.ordinal <= state.ordinal) checkpoints.set(partitionKey, { ...state });
    await Promise.resolve();
  }

  record(name: string): Promise<ReadModelRecord | undefined> {
    return Promise.resolve(this.#records.get(name));
  }

  async saveRecord(name: string, value: JsonObject, expectedRevision: number): Promise<boolean> {
    requireStorable(name, value);
    if ((this.#records.get(name)?.revision ?? 0) !== expectedRevision) return false;
    this.#records.set(name, frozen({ value: copyOf(value), revision: expectedRevision + 1 }));
    return await Promise.resolve(true);
  }

  collections(): Promise<readonly string[]> {
    return Promise.resolve([...this.#collections.keys()]);
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  #parked(collection: string): StoredDocument[] {
    return [...(this.#collections.get(collection)?.documents.values() ?? [])].filter(({ parked }) => parked);
  }

  #existing(name: string): Collection {
    const collection = this.#collections.get(name);
    if (!collection) throw new CollectionLost(name);
    return collection;
  }
}

const storedBy = ({ expectedRevision, document, ...write }: DocumentWrite): StoredDocument =>
  frozen({ ...copyOf(write), document: document && copyOf(document), revision: expectedRevision + 1 });

/** A document that is there, and not a tombstone. */
type Alive = StoredDocument & { readonly document: JsonObject };

const isAlive = (stored: StoredDocument): stored is Alive => stored.document !== undefined;

/** As JSON has it: what a real store gives back. */
const copyOf = <T>(value: T): T => JSON.parse(JSON.stringify(value)) as T;
