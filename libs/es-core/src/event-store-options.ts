import type { PartitionedLog } from './log/partitioned-log.port.js';
import type { Platform } from './platform.js';
import type { StreamIndex } from './stream-index/stream-index.port.js';
import type { Preference } from './writer/preference.js';

export interface EventStoreOptions {
  readonly log: PartitionedLog;
  readonly index: StreamIndex;
  readonly platform: Platform;
  /** The service that writes, as CloudEvents' `source`. */
  readonly source: string;
  /** Where this instance takes commands, written into every record as a hint. */
  readonly owner?: string;
  /** Told when the log or the index failed; the store goes on trying, or has stopped if the error is not retriable. */
  readonly onTrouble: (error: unknown) => void;
  /** Which partitions other instances are not expected to write. Default: all, there being no other instance. */
  readonly preference?: Preference;
  readonly limits?: Partial<EventStoreLimits>;
}

/** With all limits that were not given. */
export interface ResolvedOptions extends EventStoreOptions {
  readonly limits: EventStoreLimits;
}

export interface EventStoreLimits {
  /** Commands that may wait for one partition; past it `submit` answers `Overloaded`. */
  readonly maxQueue: number;
  /** Bytes of the commands that may wait for all partitions; past it the same. */
  readonly maxQueueBytes: number;
  readonly maxBatchCommands: number;
  readonly maxBatchRecords: number;
  readonly maxEventBytes: number;
  /** Folded states kept in memory, per partition. */
  readonly cachedStates: number;
  /** A snapshot is written when so many events were folded since the last one. */
  readonly snapshotEvery: number;
  readonly flushEntries: number;
  readonly flushAfterMs: number;
  readonly retryAfterMs: number;
  readonly maxRetryAfterMs: number;
  /** So far the platform's clock may be from the log's; past it `submit` answers `ClockSkewed`. */
  readonly maxClockSkewMs: number;
}

export const DEFAULT_LIMITS: EventStoreLimits = {
  maxQueue: 10_000,
  maxQueueBytes: 32 * 1024 * 1024,
  maxBatchCommands: 1_000,
  maxBatchRecords: 4_000,
  maxEventBytes: 512 * 1024,
  cachedStates: 1_000,
  snapshotEvery: 100,
  flushEntries: 5_000,
  flushAfterMs: 500,
  retryAfterMs: 5,
  maxRetryAfterMs: 1_000,
  maxClockSkewMs: 60_000,
};
