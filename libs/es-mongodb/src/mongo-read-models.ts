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
import type { Collection, Db, Filter, MongoClient, Sort } from 'mongodb';
import { CollectionMarkers } from './collection-marker.js';
import { writeDocuments } from './document-writer.js';
import { filterOf, pathOf, sortOf } from './mongo-query.js';
import { Records } from './records.js';
import { failureAtStart, storeFailure } from './store-failure.js';
import { type MongoDocument, toStored } from './stored-shape.js';

/** Before the connection is given up: MongoDB then ends the query as well. */
const ANSWERS_WITHIN_MS = 20_000;

interface Search {
  readonly filter: Filter<MongoDocument>;
  readonly sort?: Sort;
  readonly limit?: number | undefined;
}

export class MongoReadModels implements ReadModelStore {
  readonly #markers: CollectionMarkers;
  readonly #records: Records;

  constructor(
    private readonly client: MongoClient,
    private readonly database: Db,
  ) {
    this.#markers = new CollectionMarkers(database);
    this.#records = new Records(database);
  }

  async ensure({ name, indexes }: CollectionSpec): Promise<void> {
    try {
      await this.#markers.make(name);
      const collection = this.#in(name);
      for (const fields of indexes)
        await collection.createIndex([
          ...fields.map(([field, way]): [string, 1 | -1] => [pathOf(field), way]),
          ['_id', 1],
        ]);
      await collection.createIndex({ 'parked.at': 1 }, { sparse: true });
    } catch (error) {
      throw failureAtStart(error, this.client);
    }
  }

  async load(collection: string, ids: readonly string[]): Promise<ReadonlyMap<string, StoredDocument>> {
    const found = ids.length === 0 ? [] : await this.#search(collection, { filter: { _id: { $in: [...ids] } } });
    return new Map(found.map((document) => [document.id, document]));
  }

  write(collection: string, writes: readonly DocumentWrite[]): Promise<readonly string[]> {
    return this.#run(async () => {
      requireStorableWrites(writes);
      const { conflicts, sure, undo } = await writeDocuments(this.#in(collection), writes);
      if (!sure || writes.length === 0) await this.#requireOr(undo, collection);
      return conflicts;
    });
  }

  find(collection: string, { sort, limit, ...query }: DocumentQuery): Promise<readonly StoredDocument[]> {
    return this.#search(collection, { filter: filterOf(query), sort: sortOf(sort), limit });
  }

  parked(collection: string, { limit, after }: ParkedQuery): Promise<readonly StoredDocument[]> {
    const filter = { ...PARKED, ...(after !== undefined && { _id: { $gt: after } }) };
    return this.#search(collection, { filter, sort: [['_id', 1]], limit });
  }

  countParked(collection: string): Promise<number> {
    return this.#run(() => this.#in(collection).countDocuments(PARKED, { maxTimeMS: ANSWERS_WITHIN_MS }));
  }

  furthest(collection: string): Promise<Positions> {
    return this.#run(async () => {
      const furthest = new Furthest();
      for await (const document of this.#in(collection).find(DOCUMENTS)) furthest.take(toStored(collection, document));
      return furthest.positions;
    });
  }

  drop(collection: string): Promise<void> {
    return this.#run(() => this.#markers.drop(collection));
  }

  checkpoints(collection: string): Promise<ReadonlyMap<string, ReaderState>> {
    return this.#run(() => this.#markers.checkpoints(collection));
  }

  saveCheckpoint(collection: string, partitionKey: string, state: ReaderState): Promise<void> {
    return this.#run(() => this.#markers.saveCheckpoint(collection, partitionKey, state));
  }

  record(name: string): Promise<ReadModelRecord | undefined> {
    return this.#run(() => this.#records.find(name));
  }

  saveRecord(name: string, value: JsonObject, expectedRevision: number): Promise<boolean> {
    return this.#run(() => {
      requireStorable(name, value);
      return this.#records.save(name, value, expectedRevision);
    });
  }

  collections(): Promise<readonly string[]> {
    return this.#run(() => this.#markers.names());
  }

  async close(): Promise<void> {
    await this.client.close();
  }

  #in(collection: string): Collection<MongoDocument> {
    return this.database.collection<MongoDocument>(collection);
  }

  /** A collection that is gone is made again by what is inserted: that is taken back. */
  async #requireOr(undo: () => Promise<unknown>, collection: string): Promise<void> {
    try {
      await this.#markers.requireIn(collection);
    } catch (error) {
      if (error instanceof CollectionLost) await undo();
      throw error;
    }
  }

  /** MongoDB takes a limit of 0 for none. */
  #search(collection: string, { filter, sort, limit }: Search): Promise<StoredDocument[]> {
    if (limit !== undefined && limit <= 0) return Promise.resolve([]);
    return this.#run(async () => {
      const options = { maxTimeMS: ANSWERS_WITHIN_MS, ...(sort && { sort }), ...(limit !== undefined && { limit }) };
      const found = await this.#in(collection).find(filter, options).toArray();
      return found.map((document) => toStored(collection, document));
    });
  }

  async #run<T>(call: () => Promise<T>): Promise<T> {
    try {
      return await call();
    } catch (error) {
      throw storeFailure(error, this.client);
    }
  }
}

const PARKED: Filter<MongoDocument> = { 'parked.at': { $exists: true } };
/** All documents, tombstones included, without the collection's marker. */
const DOCUMENTS: Filter<MongoDocument> = { positions: { $exists: true } };
