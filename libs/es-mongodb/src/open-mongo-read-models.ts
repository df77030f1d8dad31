import type { ReadModelStore } from '@ledgerline/es-core/adapter';
import { failureAtStart } from './store-failure.js';
import { databaseOf, mongoClient } from './mongo-client.js';
import { MongoReadModels } from './mongo-read-models.js';
import { Records } from './records.js';

export interface MongoReadModelsOptions {
  /** `mongodb://` or `mongodb+srv://`; the database that it names, or `ledgerline`, holds these read models and nothing else. */
  readonly uri: string;
}

/**
 * Opens the store. Other handles and processes may use it at the same time.
 * @throws ReadModelsUnavailable while MongoDB cannot be reached, ReadModelsRefused when it does not take the address or the
 * credentials, or gives no right to read.
 */
export const openMongoReadModels = async ({ uri }: MongoReadModelsOptions): Promise<ReadModelStore> => {
  const client = mongoClient(uri);
  const database = databaseOf(client, databaseIn(uri));
  try {
    await new Records(database).requireReadable();
    return new MongoReadModels(client, database);
  } catch (error) {
    const failure = failureAtStart(error, client);
    await client.close();
    throw failure;
  }
};

/** Named in the address; `ledgerline` where it names none. */
export const databaseIn = (uri: string): string => {
  const [, name = ''] = /^[^:]+:\/\/[^/]*\/([^?]*)/.exec(uri) ?? [];
  return decodeURIComponent(name) || 'ledgerline';
};
