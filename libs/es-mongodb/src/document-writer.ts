import type { DocumentWrite } from '@ledgerline/es-core/adapter';
import { type Collection, MongoBulkWriteError, ObjectId, type WriteError } from 'mongodb';
import { DUPLICATE_KEY } from './collection-marker.js';
import { type MongoDocument, toMongo } from './stored-shape.js';

export interface Written {
  /** Ids of documents that were not at the expected revision. */
  readonly conflicts: readonly string[];
  /** False when something happened that also happens where the collection is gone. */
  readonly sure: boolean;
  /** Takes back documents that were made. */
  readonly undo: () => Promise<unknown>;
}

/**
 * Makes new documents and replaces others, in one request each, at the same time.
 *
 * How many documents a request replaced is all that MongoDB answers. When it is fewer than asked for, those that carry this
 * call are its own. One that somebody else has written over since counts as a conflict: it is read again, and nothing is lost.
 */
export const writeDocuments = async (
  collection: Collection<MongoDocument>,
  writes: readonly DocumentWrite[],
): Promise<Written> => {
  const call = new ObjectId();
  const added = writes.filter(({ expectedRevision }) => expectedRevision === 0);
  const changed = writes.filter(({ expectedRevision }) => expectedRevision > 0);
  const [taken, missed] = await bothOf(add(collection, added, call), replace(collection, changed, call));
  return {
    conflicts: [...taken, ...missed],
    sure: added.length === 0 && missed.length === 0,
    undo: () => collection.deleteMany({ _id: { $in: idsOf(added) }, call }),
  };
};

/** Nothing is under way any more when it fails. */
const bothOf = async <T>(one: Promise<T>, other: Promise<T>): Promise<[T, T]> => {
  await Promise.allSettled([one, other]);
  return [await one, await other];
};

const add = async (
  collection: Collection<MongoDocument>,
  writes: readonly DocumentWrite[],
  call: ObjectId,
): Promise<readonly string[]> => {
  if (writes.length === 0) return [];
  try {
    await collection.insertMany(
      writes.map((write) => toMongo(write, call)),
      { ordered: false },
    );
    return [];
  } catch (error) {
    const refused = duplicatesIn(error);
    if (!refused) throw error;
    return refused.flatMap(({ index }) => writes[index]?.id ?? []);
  }
};

const replace = async (
  collection: Collection<MongoDocument>,
  writes: readonly DocumentWrite[],
  call: ObjectId,
): Promise<readonly string[]> => {
  if (writes.length === 0) return [];
  const { matchedCount } = await collection.bulkWrite(
    writes.map((write) => {
      const { _id, ...replacement } = toMongo(write, call);
      return { replaceOne: { filter: { _id, revision: write.expectedRevision }, replacement } };
    }),
    { ordered: false },
  );
  if (matchedCount === writes.length) return [];
  const ids = idsOf(writes);
  const own = await collection.distinct('_id', { _id: { $in: ids }, call });
  return ids.filter((id) => !own.includes(id));
};

const idsOf = (writes: readonly DocumentWrite[]): string[] => writes.map(({ id }) => id);

/** The documents that were there already; undefined when anything else went wrong. */
const duplicatesIn = (error: unknown): readonly WriteError[] | undefined => {
  if (!(error instanceof MongoBulkWriteError) || error.result.getWriteConcernError()) return undefined;
  const errors = [error.writeErrors].flat();
  return errors.length > 0 && errors.every(({ code }) => code === DUPLICATE_KEY) ? errors : undefined;
};
