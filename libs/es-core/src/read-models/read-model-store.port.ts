import type { ReaderState } from '../chain/reader-state.js';

/** What a document holds: anything that JSON holds. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [name: string]: Json };
export type JsonObject = { readonly [name: string]: Json };

/** How far each partition was applied to a document: `orders.events/3` -> ordinal. */
export type Positions = Readonly<Record<string, number>>;

export interface StoredDocument {
  readonly id: string;
  /** Undefined for a tombstone: the fold answered undefined, and the positions have to stay. */
  readonly document: JsonObject | undefined;
  readonly positions: Positions;
  /** Counts the writes of this document, from 1. */
  readonly revision: number;
}

export interface DocumentWrite {
  readonly id: string;
  readonly document: JsonObject | undefined;
  readonly positions: Positions;
  /** The revision that was read; 0 when the document did not exist. */
  readonly expectedRevision: number;
}

export type Scalar = string | number | boolean | null;
export type Condition =
  | Scalar
  | {
      readonly $eq?: Scalar;
      readonly $ne?: Scalar;
      readonly $in?: readonly Scalar[];
      readonly $gt?: Scalar;
      readonly $gte?: Scalar;
      readonly $lt?: Scalar;
      readonly $lte?: Scalar;
    };
/** MongoDB's query language, the part that every adapter speaks. Field names are those of the document, dots lead inside. */
export type Filter = { readonly [field: string]: Condition | readonly Filter[] } & {
  readonly $and?: readonly Filter[];
  readonly $or?: readonly Filter[];
};

export interface DocumentQuery {
  readonly filter?: Filter;
  /** Fields in order of weight; documents that agree in all of them come by id. Strings compare by code unit. */
  readonly sort?: readonly (readonly [field: string, direction: 1 | -1])[];
  readonly limit?: number;
}

/** Where one generation of a projection lives, and the fields that queries need quickly. */
export interface CollectionSpec {
  readonly name: string;
  readonly indexes: readonly (readonly (readonly [field: string, direction: 1 | -1])[])[];
}

/**
 * Documents with conditional writes, one document at a time: nothing here needs a transaction over several documents,
 * because each document says itself which positions it has applied.
 */
export interface ReadModelStore {
  /** Creates the collection and its indexes where they are missing. */
  ensure(collection: CollectionSpec): Promise<void>;
  /** The documents under these ids, tombstones included; ids without one are left out. */
  load(collection: string, ids: readonly string[]): Promise<ReadonlyMap<string, StoredDocument>>;
  /**
   * Writes each document whose stored revision is still the expected one, and answers the ids of those where it is not
   * (these are left as they are). Durable when it resolves. The ids within one call are distinct.
   */
  write(collection: string, writes: readonly DocumentWrite[]): Promise<readonly string[]>;
  /** Documents that match, never tombstones. */
  find(collection: string, query: DocumentQuery): Promise<readonly StoredDocument[]>;
  /** Removes the collection with its checkpoints. Nothing happens when there is none. */
  drop(collection: string): Promise<void>;
  /** The last place that was finished, per `topic/partition`. */
  checkpoints(collection: string): Promise<ReadonlyMap<string, ReaderState>>;
  /** Moves forward only: a state with a smaller ordinal than the stored one, of the same logId, changes nothing. */
  saveCheckpoint(collection: string, partitionKey: string, state: ReaderState): Promise<void>;
  /** The collection that answers queries for this projection; undefined before the first one. */
  liveCollection(projection: string): Promise<string | undefined>;
  /** Lets `collection` answer from now on if `expected` did until now; false (and no change) when it did not. */
  switchLive(projection: string, collection: string, expected: string | undefined): Promise<boolean>;
  /** All collections that exist. */
  collections(): Promise<readonly string[]>;
  close(): Promise<void>;
}
