import {
  type ForgottenSubject,
  isForgotten,
  type KeyStore,
  KeysUnavailable,
  ReadModelsUnavailable,
  type StoredKey,
  Unreadable,
  type WrappedKey,
} from '@ledgerline/es-core';
import { type Collection, type Db, type MongoClient, MongoServerError } from 'mongodb';
import { DUPLICATE_KEY } from '../collection-marker.js';
import { storeFailure } from '../store-failure.js';

interface KeyDocument {
  readonly _id: string;
  readonly wrapped?: string;
  readonly masterKey?: string;
  readonly forgottenAt?: string;
}

/** A document for each subject, under the subject's id. */
export class MongoKeys implements KeyStore {
  readonly #keys: Collection<KeyDocument>;
  #closing: Promise<void> | undefined;

  constructor(
    private readonly client: MongoClient,
    database: Db,
  ) {
    this.#keys = database.collection('ledgerline.keys');
  }

  async getOrAdd(offered: WrappedKey): Promise<StoredKey> {
    return await this.#calling(async () => {
      if (await this.#add(documentOf(offered))) return offered;
      return await this.#one(offered.subject);
    });
  }

  async find(subjects: readonly string[]): Promise<ReadonlyMap<string, StoredKey>> {
    return await this.#calling(async () => {
      const found = await this.#keys.find({ _id: { $in: [...subjects] } }).toArray();
      return new Map(found.map((document) => [document._id, storedKey(document)]));
    });
  }

  async destroy(subject: string, at: string): Promise<ForgottenSubject> {
    return await this.#calling(async () => {
      const forgotten = { subject, forgottenAt: at };
      // What is there is a key or a mark already; a key that is added meanwhile is met by the second try.
      if (await this.#add(documentOf(forgotten))) return forgotten;
      await this.#keys.replaceOne({ _id: subject, forgottenAt: { $exists: false } }, { forgottenAt: at });
      const stored = await this.#one(subject);
      if (!isForgotten(stored)) throw new Error(`the key of ${subject} was destroyed and is there`);
      return stored;
    });
  }

  async list({ after, limit }: { readonly after?: string; readonly limit: number }): Promise<readonly StoredKey[]> {
    return await this.#calling(async () => {
      const behind = after === undefined ? {} : { _id: { $gt: after } };
      return (await this.#keys.find(behind).sort({ _id: 1 }).limit(limit).toArray()).map(storedKey);
    });
  }

  async rewrap(before: WrappedKey, after: WrappedKey): Promise<boolean> {
    return await this.#calling(async () => {
      const { _id, ...rest } = documentOf(after);
      return (await this.#keys.replaceOne({ _id, wrapped: before.wrapped }, rest)).matchedCount === 1;
    });
  }

  async masterKeys(): Promise<readonly string[]> {
    return await this.#calling(async () => {
      const ids = await this.#keys.distinct('masterKey', { masterKey: { $exists: true } });
      return ids.filter((id) => typeof id === 'string');
    });
  }

  close(): Promise<void> {
    this.#closing ??= this.client.close();
    return this.#closing;
  }

  /** False where there is one already. */
  async #add(document: KeyDocument): Promise<boolean> {
    try {
      await this.#keys.insertOne(document);
      return true;
    } catch (error) {
      if (error instanceof MongoServerError && error.code === DUPLICATE_KEY) return false;
      throw error;
    }
  }

  async #one(subject: string): Promise<StoredKey> {
    const found = await this.#keys.findOne({ _id: subject });
    if (!found) throw new Unreadable(`the key of ${subject}, which somebody removed`, { subject });
    return storedKey(found);
  }

  async #calling<T>(call: () => Promise<T>): Promise<T> {
    try {
      return await call();
    } catch (error) {
      const failure = storeFailure(error, this.client);
      if (!(failure instanceof ReadModelsUnavailable)) throw failure;
      throw new KeysUnavailable(`MongoDB at ${failure.facts['server']} cannot be used`, { cause: failure });
    }
  }
}

const documentOf = ({ subject: _id, ...rest }: StoredKey): KeyDocument => ({ _id, ...rest });

const storedKey = ({ _id: subject, wrapped, masterKey, forgottenAt }: KeyDocument): StoredKey => {
  if (typeof forgottenAt === 'string') return { subject, forgottenAt };
  if (typeof wrapped === 'string' && typeof masterKey === 'string') return { subject, wrapped, masterKey };
  throw new Unreadable(`the key of ${subject}`, { subject });
};
