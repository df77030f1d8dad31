import type { ReaderState } from '../chain/reader-state.js';

/** A message that could not be dealt with, and by which its stream is held: what comes behind waits for it. */
export interface ParkedReaction {
  readonly stream: string;
  readonly message: ParkedMessage;
  /** Where reading begins to find the message again. */
  readonly from: ReaderState;
  /** Why: the error's code and message. */
  readonly code: string;
  readonly reason: string;
}

export interface ParkedMessage {
  readonly id: string;
  /** The event's name, or the stored one where it cannot be read. */
  readonly type: string;
  readonly ordinal: number;
}

/** A stream that is held, as it was written down. */
export interface HeldStream extends ParkedReaction {
  /** `retrying`: somebody asked for it to go on. */
  readonly status: 'parked' | 'retrying';
  /** Messages of the stream that are never to be dealt with, by id. */
  readonly discarded: readonly string[];
}

export interface HeldStreams {
  readonly streams: readonly HeldStream[];
  /** Effects of messages that were recorded until then (ISO 8601) need a person, unless their outcome is recorded. */
  readonly uncertainUntil?: string;
  /** Behind which record the reactor has begun, where that was the end of the log. */
  readonly begun?: BeginningInLog;
}

export interface BeginningInLog {
  readonly logId: string;
  readonly ordinal: number;
}

/**
 * Where a reactor writes down which streams it holds, and where it has begun: as durable as the log, and known to every instance, for
 * progress passes by what is parked, and may be lost.
 */
export interface ParkedReactions {
  /** What holds in the partition, with all that was written down before the call. */
  load(partition: number): Promise<HeldStreams>;
  /** That the reactor begins there; answers where it begins, for what was recorded first of the log counts. */
  begin(partition: number, beginning: BeginningInLog): Promise<BeginningInLog>;
  /** Holds the stream, or holds it because of this message from now on. */
  park(partition: number, parked: ParkedReaction): Promise<void>;
  /** The stream goes on, what was held having been dealt with. */
  release(partition: number, stream: string): Promise<void>;
  /** Calls `listener` when somebody asked for a stream of the partition to go on, until the answer is called. */
  onRetry(listener: (partition: number) => void): () => void;
}
