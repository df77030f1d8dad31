import { type JsonObject, Unreadable } from '@ledgerline/es-core';
import type { ReadModelRecord } from '@ledgerline/es-core/adapter';
import { type Collection, type Db, MongoServerError } from 'mongodb';
import { DUPLICATE_KEY } from './collection-marker.js';
import { isJson, isObject } from './stored-shape.js';

interface StoredRecord extends ReadModelRecord {
  readonly _id: string;
}

/** Small values beside the collections, in a collection of their own. */
export class Records {
  readonly #records: Collection<StoredRecord>;

  constructor(database: Db) {
    this.#records = database.collection('ledgerline.records');
  }

  /** Asks for what every later call needs: MongoDB answers a ping to whoever asks, with rights or without. */
  async requireReadable(): Promise<void> {
    await this.#records.findOne({}, { projection: { _id: 1 } });
  }

  async find(name: string): Promise<ReadModelRecord | undefined> {
    const found = await this.#records.findOne({ _id: name });
    if (!found) return undefined;
    const { value, revision } = found;
    if (!isObject(value) || !isJson(value) || !Number.isSafeInteger(revision) || revision < 1)
      throw new Unreadable(`the record ${name}`, { record: name });
    return { value, revision };
  }

  async save(name: string, value: JsonObject, expectedRevision: number): Promise<boolean> {
    const next = { value, revision: expectedRevision + 1 };
    if (expectedRevision === 0) return this.#add({ _id: name, ...next });
    const { matchedCount } = await this.#records.replaceOne({ _id: name, revision: expectedRevision }, next);
    return matchedCount === 1;
  }

  async #add(record: StoredRecord): Promise<boolean> {
    try {
      await this.#records.insertOne(record);
      return true;
    } catch (error) {
      if (error instanceof MongoServerError && error.code === DUPLICATE_KEY) return false;
      throw error;
    }
  }
}
