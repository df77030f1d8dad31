import { ReadModelsRefused } from '@ledgerline/es-core';
import { type Db, type Document, MongoClient, type MongoClientOptions, ReadConcern } from 'mongodb';

/** What the address may say otherwise: after how long somebody who waits is told that it does not work. */
const USUAL: MongoClientOptions = {
  appName: 'ledgerline',
  serverSelectionTimeoutMS: 3_000,
  connectTimeoutMS: 3_000,
  waitQueueTimeoutMS: 10_000,
  socketTimeoutMS: 30_000,
};

/** Before the connection is given up: an answer that says so is better than none. */
const DURABLE_WITHIN_MS = 20_000;

/**
 * A client that has connected to nothing yet.
 * @throws ReadModelsRefused when the driver does not take the address; no part of it is repeated.
 */
export const mongoClient = (uri: string): MongoClient => {
  try {
    return new MongoClient(uri, {
      ...unlessIn(uri, USUAL),
      // As JSON has it: a field that is undefined is not there.
      ignoreUndefined: true,
      // Without a prototype: the driver looks up every name in it, and would find "constructor".
      fieldsAsRaw: Object.create(null) as Document,
    });
  } catch {
    // The driver's message may hold the whole address, and with it a password.
    throw new ReadModelsRefused(
      'MONGODB_URI is not an address that the driver takes: check its options, and that user and password are percent-encoded',
    );
  }
};

/** The database as read models need it: here the address has no say, as it has in the options of a client. */
export const databaseOf = (client: MongoClient, name: string): Db =>
  client.db(name, {
    writeConcern: { w: 'majority', journal: true, wtimeoutMS: DURABLE_WITHIN_MS },
    // What a fold or a conflict is built on must not be taken back: a new primary rolls back what no majority had.
    readConcern: new ReadConcern('majority'),
    // A secondary may be behind what was promised, and not know of a collection that was just made.
    readPreference: 'primary',
  });

const unlessIn = (uri: string, options: MongoClientOptions): MongoClientOptions => {
  const query = new URLSearchParams(uri.split('?')[1]);
  const given = new Set([...query.keys()].map((name) => name.toLowerCase()));
  return Object.fromEntries(Object.entries(options).filter(([name]) => !given.has(name.toLowerCase())));
};
