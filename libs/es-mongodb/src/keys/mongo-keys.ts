import { KeysUnavailable, ReadModelsUnavailable, Unreadable } from '@ledgerline/es-core';
import {
  type ForgottenSubject,
  isForgotten,
  type KeyStore,
  type StoredKey,
  type WrappedKey,
} from '@ledgerline/es-core/adapter';
import { type Collection, type Db, type MongoClient, MongoServerError } from 'mongodb';
import { DUPLICATE_KEY } from '../collection-marker.js';
import { storeFailure } from '../store-failure.js';

interface KeyDocument {
  readonly _id: string;
  readonly wrapped?: string;
  readonly masterKey?: string;
  readonly forgottenAt?: string;
}

interface Connected {
  readonly client: MongoClient;
  readonly keys: Collection<KeyDocument>;
}

/** A document for each subject, under the subject's id. */
export class MongoKeys implements KeyStore {
  #connecting: Promise<Connected> | undefined;

  constructor(
    /** A client that has connected to nothing yet: one whose first try has failed is of no use any more. */
    private readonly newClient: () => MongoClient,
    private readonly databaseOf: (client: MongoClient) => Db,
  ) {}

  async getOrAdd(offered: WrappedKey): Promise<StoredKey> {
    return await this.#calling(async (keys) => {
      if (await added(keys, documentOf(offered))) return offered;
      return await oneOf(keys, offered.subject);
    });
  }

  async find(subjects: readonly string[]): Promise<ReadonlyMap<string, StoredKey>> {
    return await this.#calling(async (keys) => {
      const found = await keys.find({ _id: { $in: [...subjects] } }).toArray();
      return new Map(found.map((document) => [document._id, storedKey(document)]));
    });
  }

  async destroy(subject: string, at: string): Promise<ForgottenSubject> {
    return await this.#calling(async (keys) => {
      const forgotten = { subject, forgottenAt: at };
      // What is there is a key or a mark already; a key that is added meanwhile is met by the second try.
      if (await added(keys, documentOf(forgotten))) return forgotten;
      await keys.replaceOne({ _id: subject, forgottenAt: { $exists: false } }, { forgottenAt: at });
      const stored = await oneOf(keys, subject);
      // A new primary may not know at once that a majority has the mark.
      if (!isForgotten(stored))
        throw new KeysUnavailable(`that the key of ${subject} is destroyed is not confirmed yet`);
      return stored;
    });
  }

  async list({ after, limit }: { readonly after?: string; readonly limit: number }): Promise<readonly StoredKey[]> {
    return await this.#calling(async (keys) => {
      const behind = after === undefined ? {} : { _id: { $gt: after } };
      return (await keys.find(behind).sort({ _id: 1 }).limit(limit).toArray()).map(storedKey);
    });
  }

  async rewrap(before: WrappedKey, after: WrappedKey): Promise<boolean> {
    return await this.#calling(async (keys) => {
      const { _id, ...rest } = documentOf(after);
      return (await keys.replaceOne({ _id, wrapped: before.wrapped }, rest)).matchedCount === 1;
    });
  }

  async masterKeys(): Promise<readonly string[]> {
    return await this.#calling(async (keys) => {
      const ids = await keys.distinct('masterKey', { masterKey: { $exists: true } });
      return ids.filter((id) => typeof id === 'string');
    });
  }

  /** Safe to repeat. */
  async close(): Promise<void> {
    const connecting = this.#connecting;
    this.#connecting = undefined;
    // One that has failed has closed itself.
    const connected = await connecting?.catch(() => undefined);
    await connected?.client.close();
  }

  async #calling<T>(call: (keys: Collection<KeyDocument>) => Promise<T>): Promise<T> {
    const { client, keys } = await (this.#connecting ??= this.#connected());
    return await failingWith(client, () => call(keys));
  }

  async #connected(): Promise<Connected> {
    try {
      const client = this.newClient();
      const keys = this.databaseOf(client).collection<KeyDocument>('ledgerline.keys');
      await failingWith(client, () => client.connect()).catch(async (error: unknown) => {
        await client.close();
        throw error;
      });
      return { client, keys };
    } catch (error) {
      this.#connecting = undefined;
      throw error;
    }
  }
}

const failingWith = async <T>(client: MongoClient, call: () => Promise<T>): Promise<T> => {
  try {
    return await call();
  } catch (error) {
    const failure = storeFailure(error, client);
    if (!(failure instanceof ReadModelsUnavailable)) throw failure;
    throw new KeysUnavailable(`MongoDB at ${failure.facts['server']} cannot be used`, { cause: failure });
  }
};

/** False where there is one already. */
const added = async (keys: Collection<KeyDocument>, document: KeyDocument): Promise<boolean> => {
  try {
    await keys.insertOne(document);
    return true;
  } catch (error) {
    if (error instanceof MongoServerError && error.code === DUPLICATE_KEY) return false;
    throw error;
  }
};

const oneOf = async (keys: Collection<KeyDocument>, subject: string): Promise<StoredKey> => {
  const found = await keys.findOne({ _id: subject });
  // It was there a moment ago: somebody has removed it, or a new primary does not know yet that a majority has it.
  if (!found) throw new KeysUnavailable(`the key of ${subject} is not found again`);
  return storedKey(found);
};

const documentOf = ({ subject: _id, ...rest }: StoredKey): KeyDocument => ({ _id, ...rest });

const storedKey = ({ _id: subject, wrapped, masterKey, forgottenAt }: KeyDocument): StoredKey => {
  if (typeof forgottenAt === 'string') return { subject, forgottenAt };
  if (typeof wrapped === 'string' && typeof masterKey === 'string') return { subject, wrapped, masterKey };
  throw new Unreadable(`the key of ${subject}`, { subject });
};
