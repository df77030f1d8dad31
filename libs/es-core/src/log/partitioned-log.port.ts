/** One record as the log carries it. The log reads neither key, value nor headers. */
export interface LogRecord {
  readonly key: string;
  readonly value: string;
  readonly headers: Readonly<Record<string, string>>;
}

export interface StoredRecord extends LogRecord {
  /** Place in the partition. Grows with every record; may skip where the log keeps control records of its own. */
  readonly offset: number;
  /** Set where so many records, from this offset on, cannot be read: this one stands for all of them, and is empty. */
  readonly unreadable?: number;
  /** When the log stored it, in milliseconds since 1970 by the log's own clock; absent where it does not say. */
  readonly appendedAt?: number | undefined;
}

/** Some records in offset order (possibly none), and the offset to go on from. */
export interface LogChunk {
  readonly records: readonly StoredRecord[];
  readonly nextOffset: number;
}

/** One pass over one partition. Not for concurrent use: one `next` at a time. */
export interface LogReader {
  /**
   * The next chunk; undefined at the end of a bounded pass, or once closed (also for a `next` that was waiting).
   * @throws OffsetOutOfRange when the log does not hold the offset to go on from: it is never skipped over silently.
   * @throws LogUnavailable when the log cannot be read now; the pass is over, open another one.
   */
  next(): Promise<LogChunk | undefined>;
  close(): Promise<void>;
}

export interface ReadOptions {
  /** First offset to read; the log's end is allowed, and is an empty pass when not following. */
  readonly from: number;
  /** True: wait for more at the end. False: stop at an end that lies behind everything acknowledged before the call. */
  readonly follow: boolean;
  /** At most so many records a chunk. */
  readonly maxRecords?: number;
}

/** Where the log has put a batch. */
export interface Appended {
  readonly firstOffset: number;
  /** As `StoredRecord.appendedAt`. */
  readonly appendedAt?: number;
}

/** Offsets from `start` (the first that is held) up to, without, `end`. */
export interface LogBounds {
  readonly start: number;
  readonly end: number;
}

/** Something in a log's settings that is not as it has to be. */
export interface LogProblem {
  /** What it is, what it does, and what mends it. */
  readonly message: string;
  /**
   * What becomes of the log's promise never to lose or change what it has acknowledged. `kept`: it holds, and everything goes on;
   * `weakened`: it does not hold in every case any more; `broken`: events are lost by now, or will be.
   */
  readonly promise: 'kept' | 'weakened' | 'broken';
}

/**
 * A topic: a durable, ordered, partitioned log. Dumb on purpose: which records count is decided by the chain rule, written
 * once in the core, so an adapter only has to append, read, and never lie about offsets.
 */
export interface PartitionedLog {
  readonly topic: string;
  /** As its genesis record says, where there is one; what a topic has beyond them holds nothing of the log. */
  readonly partitions: number;
  /** The largest batch, counted by `recordBytes`, that `append` takes. */
  readonly maxBatchBytes: number;
  /** True where `append` answers by a clock that is not this machine's when the batch was stored. */
  readonly hasClock?: boolean;
  /**
   * Stores all records of the batch at consecutive offsets, or none, and answers the first offset. When it resolves the
   * batch is durable. Nothing is done on a repeat: the same batch twice is stored twice.
   * At least one record. The first call after the connection to the partition was lost or led elsewhere fails, so that
   * nothing is believed before continuity was checked.
   * @throws AppendRefused when the log will never take this batch. After any other error the outcome is unknown.
   */
  append(partition: number, records: readonly LogRecord[]): Promise<Appended>;
  bounds(partition: number): Promise<LogBounds>;
  read(partition: number, options: ReadOptions): LogReader;
  /** What is wrong with the log's settings now: retention, compaction, partitions that were added, a topic that is gone. */
  problems(): Promise<readonly LogProblem[]>;
  /** Ends all passes. Safe to repeat. */
  close(): Promise<void>;
}
