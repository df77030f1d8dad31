import type { KeyStore } from '@ledgerline/es-core/adapter';
import { databaseOf, mongoClient } from '../mongo-client.js';
import { databaseIn } from '../open-mongo-read-models.js';
import { MongoKeys } from './mongo-keys.js';

export interface MongoKeysOptions {
  /** As for the read models, whose database the keys are in. */
  readonly uri: string;
}

/** The keys in the collection `ledgerline.keys`. Nothing is connected to before they are asked for. */
export const openMongoKeys = ({ uri }: MongoKeysOptions): KeyStore =>
  new MongoKeys(
    () => mongoClient(uri),
    (client) => databaseOf(client, databaseIn(uri)),
  );
