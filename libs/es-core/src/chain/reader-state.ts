/**
 * All that a reader of one partition has to keep. It goes on at `headOffset`: the record there must still have the hash
 * `head`, which is the continuity check, and whatever follows it (noise, an open commit) is read again.
 */
export interface ReaderState {
  /** The logical log, as its genesis names it. */
  readonly logId: string;
  /** How many records counted so far, genesis included. */
  readonly ordinal: number;
  /** Hash of the last record that counted. */
  readonly head: string;
  /** Where that record lies. A hint for seeking only; another copy of the log has other offsets. */
  readonly headOffset: number;
  /** Recorded time of that record, ISO 8601 UTC. */
  readonly time: string;
}
