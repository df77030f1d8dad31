import { randomUUID } from 'node:crypto';
import { startMongo } from '@ledgerline/local-servers';
import { MongoClient } from 'mongodb';
import { inDirectory } from '../measure.js';

/** A server for one benchmark: the environment's, or one of its own that ends with it. */
export const onMongo = async <T>(use: (server: string) => Promise<T>): Promise<T> => {
  const given = process.env['MONGODB_URI']?.trim();
  if (given) return use(given);
  return inDirectory(async (directory) => {
    const mongo = await startMongo({ directory });
    try {
      return await use(mongo.uri);
    } finally {
      await mongo.close();
    }
  });
};

/** A database of its own, which is gone afterwards. */
export const inDatabase = async <T>(server: string, use: (uri: string) => Promise<T>): Promise<T> => {
  const uri = new URL(server);
  uri.pathname = `benchmark-${randomUUID()}`;
  const client = new MongoClient(uri.href);
  try {
    return await use(uri.href);
  } finally {
    await client.db().dropDatabase();
    await client.close();
  }
};
