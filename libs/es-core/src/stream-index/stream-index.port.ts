import type { ReaderState } from '../chain/reader-state.js';

/** An event as it is stored: the data still in the shape and under the name of its time. */
export interface RawEvent {
  readonly stream: string;
  /** Place in the stream, from 1, without gaps. */
  readonly version: number;
  /** Stored name with its schema version, `ParcelCreated.v1`. */
  readonly type: string;
  /** The event's data, JSON. */
  readonly data: string;
  /** Unique over all streams; derived from stream and version. */
  readonly id: string;
  /** Recorded time, ISO 8601 UTC. Never goes back within a partition. */
  readonly time: string;
  /** Place among the records that count in the stream's partition. */
  readonly ordinal: number;
  readonly commandId: string;
  readonly correlationId: string;
  readonly causationId: string;
  readonly actor: string;
}

/** What a command was answered, kept for ever so that a repeat is answered the same. */
export interface CommandResult {
  readonly stream: string;
  readonly commandId: string;
  readonly fingerprint: string;
  /** The stream's version after the command. */
  readonly version: number;
  /** How many events the command recorded; they end at `version`. */
  readonly events: number;
  /** Ordinal of the command's last record. */
  readonly ordinal: number;
  /** The rejection's code where the command was rejected and had to be remembered. */
  readonly rejection?: string;
  /** The rejection's reason, where it has one that is not empty. */
  readonly reason?: string;
}

/** A fold kept to save folding; may be deleted at any time. */
export interface Snapshot {
  readonly stream: string;
  readonly version: number;
  /** Names the fold that made it; one with another revision is ignored. */
  readonly revision: string;
  /** The state, JSON. */
  readonly state: string;
}

/** What one run of the log adds to the index, written together with the place it was read up to. */
export interface IndexBatch {
  readonly partition: number;
  readonly readerState: ReaderState;
  readonly events: readonly RawEvent[];
  readonly results: readonly CommandResult[];
  readonly snapshots: readonly Snapshot[];
}

/**
 * The writing service's fold of its own topic: reads by stream and by command id. A cache of the log: deleting it costs a
 * catch-up, never data. Reads answer at once (it is embedded in the process) and see every write that has resolved.
 */
export interface StreamIndex {
  /** How far the partition was folded; undefined before the first write. */
  readerState(partition: number): ReaderState | undefined;
  /** The stream's last version, 0 when it has none. */
  version(stream: string): number;
  /** Events from version `from` to version `to`, both included, in order. */
  events(stream: string, from: number, to: number): Iterable<RawEvent>;
  result(stream: string, commandId: string): CommandResult | undefined;
  /** @throws Unreadable when it is damaged. */
  snapshot(stream: string): Snapshot | undefined;
  /** Stores all of the batch or none, and replaces what it holds under the same keys. Batches of one partition come in order. */
  write(batch: IndexBatch): Promise<void>;
  /** The small note that a reader (a reactor, a timer) keeps of its progress. */
  note(name: string): string | undefined;
  writeNote(name: string, text: string): Promise<void>;
  /** Forgets everything, notes included. */
  clear(): Promise<void>;
  close(): Promise<void>;
}
