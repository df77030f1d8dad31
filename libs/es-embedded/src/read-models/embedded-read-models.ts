import type { DocumentQuery, JsonObject, Positions } from '@ledgerline/es-core';
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
import { committed } from '../storage/committed.js';
import type { Environment } from '../storage/environment.js';
import { CollectionRegistry } from './collection-registry.js';
import { search } from './document-search.js';
import { DocumentWriter } from './document-writer.js';
import {
  checkpointKey,
  checkpointKeys,
  documentKey,
  documentKeys,
  parkedKeys,
  partitionOf,
  recordKey,
} from './read-model-keys.js';
import { toBytes, toDocument, toRecord, toState } from './stored-json.js';

export class EmbeddedReadModels implements ReadModelStore {
  readonly #registry: CollectionRegistry;
  #closing: Promise<void> | undefined;

  constructor(private readonly environment: Environment) {
    this.#registry = new CollectionRegistry(environment);
  }

  async ensure(collection: CollectionSpec): Promise<void> {
    await this.#transaction(() => this.#registry.ensure(collection));
  }

  load(collection: string, ids: readonly string[]): Promise<ReadonlyMap<string, StoredDocument>> {
    return this.#read(() => {
      const documents = new Map<string, StoredDocument>();
      const entry = this.#registry.find(collection);
      for (const id of entry ? ids : []) {
        const stored = entry && this.environment.get(documentKey(entry.number, id));
        if (stored) documents.set(id, toDocument(stored, { collection, id }));
      }
      return documents;
    });
  }

  async write(collection: string, writes: readonly DocumentWrite[]): Promise<readonly string[]> {
    requireStorableWrites(writes);
    return await this.#transaction(() => {
      const writer = new DocumentWriter(this.environment, collection, this.#registry.existing(collection));
      return writes.filter((write) => !writer.write(write)).map(({ id }) => id);
    });
  }

  find(collection: string, query: DocumentQuery): Promise<readonly StoredDocument[]> {
    return this.#read(() => {
      const entry = this.#registry.find(collection);
      return entry ? search(this.environment, { name: collection, ...entry }, query) : [];
    });
  }

  parked(collection: string, { limit, after }: ParkedQuery): Promise<readonly StoredDocument[]> {
    return this.#read(() => {
      const entry = this.#registry.find(collection);
      if (!entry) return [];
      return [...this.environment.getRange({ ...parkedKeys(entry.number, after), limit })].flatMap(({ value }) => {
        const id = value.toString();
        const stored = this.environment.get(documentKey(entry.number, id));
        return stored ? toDocument(stored, { collection, id }) : [];
      });
    });
  }

  countParked(collection: string): Promise<number> {
    return this.#read(() => {
      const entry = this.#registry.find(collection);
      return entry ? this.environment.getKeysCount({ ...parkedKeys(entry.number) }) : 0;
    });
  }

  furthest(collection: string): Promise<Positions> {
    return this.#read(() => {
      const furthest = new Furthest();
      const entry = this.#registry.find(collection);
      for (const { value } of entry ? this.environment.getRange({ ...documentKeys(entry.number) }) : [])
        furthest.take(toDocument(value, { collection }));
      return furthest.positions;
    });
  }

  async drop(collection: string): Promise<void> {
    await this.#transaction(() => this.#registry.drop(collection));
    await this.sweep();
  }

  /** Removes, in small transactions, what is left of dropped collections: also of those that a kill interrupted. */
  async sweep(): Promise<void> {
    while (await this.#transaction(() => this.#registry.sweep()));
  }

  checkpoints(collection: string): Promise<ReadonlyMap<string, ReaderState>> {
    return this.#read(() => {
      const states = new Map<string, ReaderState>();
      for (const { key, value } of this.environment.getRange({ ...checkpointKeys(collection) }))
        states.set(partitionOf(key, collection), toState(value, collection));
      return states;
    });
  }

  async saveCheckpoint(collection: string, partitionKey: string, state: ReaderState): Promise<void> {
    await this.#transaction(() => {
      this.#registry.existing(collection);
      const key = checkpointKey(collection, partitionKey);
      const bytes = this.environment.get(key);
      const before = bytes && toState(bytes, collection);
      if (before && before.logId === state.logId && before.ordinal > state.ordinal) return;
      this.environment.putSync(key, toBytes(state));
    });
  }

  record(name: string): Promise<ReadModelRecord | undefined> {
    return this.#read(() => this.#record(name));
  }

  async saveRecord(name: string, value: JsonObject, expectedRevision: number): Promise<boolean> {
    requireStorable(name, value);
    return await this.#transaction(() => {
      if ((this.#record(name)?.revision ?? 0) !== expectedRevision) return false;
      this.environment.putSync(recordKey(name), toBytes({ value, revision: expectedRevision + 1 }));
      return true;
    });
  }

  collections(): Promise<readonly string[]> {
    return this.#read(() => this.#registry.names());
  }

  close(): Promise<void> {
    this.#closing ??= this.environment.close();
    return this.#closing;
  }

  #record(name: string): ReadModelRecord | undefined {
    const stored = this.environment.get(recordKey(name));
    return stored && toRecord(stored, name);
  }

  /** Sees everything that was written before, also through other handles. */
  async #read<T>(run: () => T): Promise<T> {
    this.environment.resetReadTxn();
    return await Promise.resolve(run());
  }

  /** All or nothing, one after the other, flushed when it resolves. */
  async #transaction<T>(run: () => T): Promise<T> {
    return await committed(this.environment.childTransaction(run));
  }
}
