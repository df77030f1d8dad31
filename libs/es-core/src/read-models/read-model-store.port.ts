import type { ReaderState } from '../chain/reader-state.js';

/** What a document holds: anything that JSON holds and every store gives back as it was; see `requireStorable`. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [name: string]: Json };
export type JsonObject = { readonly [name: string]: Json };

/** How far each partition was applied to a document: `parcels.events/3` -> ordinal. */
export type Positions = Readonly<Record<string, number>>;

/** The event that a fold could not take: where it lies, and what it is. */
export interface ParkedEvent {
  readonly topic: string;
  readonly partition: number;
  readonly ordinal: number;
  readonly stream: string;
  readonly version: number;
  readonly type: string;
  readonly id: string;
}

/** Why a document is not folded on, and what was not applied to it since. Its document and positions are the last good ones. */
export interface Parked {
  /** When, in UTC. */
  readonly at: string;
  /** The fold's error, one line of at most 1,000 characters. */
  readonly reason: string;
  readonly event: ParkedEvent;
  /** Where reading has to begin to see all that was not applied, for each partition that has such events. */
  readonly from: Readonly<Record<string, ReaderState>>;
  /** The newest event that was not applied, for each of these partitions. */
  readonly missed: Positions;
}

export interface StoredDocument {
  readonly id: string;
  /** Undefined for a tombstone: the fold answered undefined, and the positions have to stay. */
  readonly document: JsonObject | undefined;
  readonly positions: Positions;
  /** Counts the writes of this document, from 1. */
  readonly revision: number;
  /** There while the document is parked; a tombstone may be parked too. */
  readonly parked?: Parked;
}

export interface DocumentWrite {
  readonly id: string;
  readonly document: JsonObject | undefined;
  readonly positions: Positions;
  /** The revision that was read; 0 when the document did not exist. */
  readonly expectedRevision: number;
  /** Parks the document; a write without it ends that. */
  readonly parked?: Parked;
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
  /**
   * Fields in order of weight; documents that agree in all of them come by id. Strings compare by code unit, or by code point:
   * the two differ only where a character above U+FFFF meets one from U+E000 on. Arrays and objects are in no order.
   */
  readonly sort?: readonly (readonly [field: string, direction: 1 | -1])[];
  readonly limit?: number;
  /** Only documents whose id comes behind this one, as strings compare: without `sort`, the page behind it. */
  readonly after?: string;
}

/** What a list of parked documents begins behind, and how long it is at most. */
export interface ParkedQuery {
  readonly limit: number;
  /** The id of the last document of the list before. */
  readonly after?: string;
}

/** A small value beside the collections. */
export interface ReadModelRecord {
  readonly value: JsonObject;
  /** Counts the writes of this record, from 1. */
  readonly revision: number;
}

/** Where one generation of a projection lives, and the fields that queries need quickly. */
export interface CollectionSpec {
  readonly name: string;
  readonly indexes: readonly (readonly (readonly [field: string, direction: 1 | -1])[])[];
}

/**
 * Documents with conditional writes, one document at a time: nothing here needs a transaction over several documents,
 * because each document says itself which positions it has applied.
 * What is read is stored for good: no failure of the store takes it back. After one it may be older than what was read before,
 * which the next conditional write notices.
 * What is stored and does not have the shape of a document, a checkpoint or a record rejects with `Unreadable`, which names it.
 */
export interface ReadModelStore {
  /** Creates the collection and its indexes where they are missing; the only call that makes a collection. */
  ensure(collection: CollectionSpec): Promise<void>;
  /** The documents under these ids, tombstones included; ids without one are left out. */
  load(collection: string, ids: readonly string[]): Promise<ReadonlyMap<string, StoredDocument>>;
  /**
   * Writes each document whose stored revision is still the expected one, and answers the ids of those where it is not
   * (these are left as they are). Durable when it resolves. The ids within one call are distinct.
   * @throws CollectionLost when there is no such collection, also for no writes: it is never made here.
   * @throws DocumentRefused for a document that not every store would give back as it is; nothing of the call is written.
   */
  write(collection: string, writes: readonly DocumentWrite[]): Promise<readonly string[]>;
  /** Documents that match, parked ones as they last were, never tombstones. */
  find(collection: string, query: DocumentQuery): Promise<readonly StoredDocument[]>;
  /** Documents that are parked, tombstones included, in the order of their ids by code unit. */
  parked(collection: string, query: ParkedQuery): Promise<readonly StoredDocument[]>;
  countParked(collection: string): Promise<number>;
  /**
   * For each partition the furthest event that any document of the collection, tombstones included, has applied or missed. Reads
   * the whole collection: for a look at it after the log was restored.
   */
  furthest(collection: string): Promise<Positions>;
  /** Removes the collection with its checkpoints. Nothing happens when there is none. */
  drop(collection: string): Promise<void>;
  /** The last place that was finished, per `topic/partition`. */
  checkpoints(collection: string): Promise<ReadonlyMap<string, ReaderState>>;
  /**
   * Moves forward only: a state with a smaller ordinal than the stored one, of the same logId, changes nothing.
   * @throws CollectionLost when there is no such collection: it is never made here.
   */
  saveCheckpoint(collection: string, partitionKey: string, state: ReaderState): Promise<void>;
  /** The record of this name; undefined while there is none. */
  record(name: string): Promise<ReadModelRecord | undefined>;
  /**
   * Replaces the record as a whole if its revision is still the expected one (0: there is none); false, and no change, when
   * it is not. Durable when it resolves. @throws DocumentRefused as `write` does
   */
  saveRecord(name: string, value: JsonObject, expectedRevision: number): Promise<boolean>;
  /** All collections that exist. */
  collections(): Promise<readonly string[]>;
  close(): Promise<void>;
}
