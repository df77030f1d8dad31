import { type Collection, type Document, MongoClient } from 'mongodb';
import { timed } from '../measure.js';
import { COLLECTION } from '../projected.js';

const BULK = 500;

interface RawWrites {
  /** Documents that the projection has written: each counts its own. */
  readonly writes: number;
  /** Documents a second that the bare driver writes. */
  readonly perSecond: number;
}

/**
 * Writes a projection's documents once more, each as often as the projection has, with the bare driver into a collection with
 * the same index: unordered bulks of 500 that replace or insert, as durable as ours, and so many at once.
 */
export const rawBulkWrites = async (uri: string, inFlight: number): Promise<RawWrites> => {
  const client = new MongoClient(uri, { writeConcern: { w: 'majority', journal: true } });
  try {
    const database = client.db();
    const documents = await database
      .collection(COLLECTION)
      .find({ document: { $exists: true } })
      .toArray();
    const writes = documents.reduce((sum, { revision }) => sum + Number(revision), 0);
    const raw = database.collection(`${COLLECTION}-raw`);
    await raw.createIndex({ 'parked.at': 1 }, { sparse: true });
    const bulks = Array.from({ length: Math.ceil(writes / BULK) }, (_, i) =>
      Array.from({ length: Math.min(BULK, writes - i * BULK) }, (_, j) => documents[(i * BULK + j) % documents.length]),
    );
    const { perSecond } = await timed(writes, () => writeAll(raw, bulks, inFlight));
    await raw.drop();
    return { writes, perSecond };
  } finally {
    await client.close();
  }
};

const writeAll = async (
  collection: Collection,
  bulks: readonly (readonly (Document | undefined)[])[],
  inFlight: number,
): Promise<void> => {
  const left = bulks.values();
  const lane = async (): Promise<void> => {
    for (const bulk of left)
      await collection.bulkWrite(
        bulk.map(({ _id, ...replacement } = {}) => ({
          replaceOne: { filter: { _id }, replacement, upsert: true },
        })),
        { ordered: false },
      );
  };
  await Promise.all(Array.from({ length: inFlight }, lane));
};
