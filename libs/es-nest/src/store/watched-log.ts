import type {
  Appended,
  LogBounds,
  LogProblem,
  LogReader,
  LogRecord,
  PartitionedLog,
  Platform,
  ReadOptions,
} from '@ledgerline/es-core';
import { factsOf } from '../logging/log.js';

export interface WatchedLogOptions {
  readonly platform: Pick<Platform, 'setTimer'>;
  readonly everyMs: number;
  /** Called after every look at the log's settings, whoever asked for it, with what was wrong. */
  readonly onLook: (found: readonly LogProblem[]) => void;
}

/** A log whose settings are looked at again and again, from the first time that somebody asks for its problems until it is closed. */
export class WatchedLog implements PartitionedLog {
  readonly topic: string;
  readonly partitions: number;
  readonly maxBatchBytes: number;
  readonly hasClock: boolean;
  /** What was wrong when the settings were seen last. */
  #seen: readonly LogProblem[] = [];
  #cancelTimer: (() => void) | undefined;
  #closed = false;

  constructor(
    private readonly log: PartitionedLog,
    private readonly options: WatchedLogOptions,
  ) {
    this.topic = log.topic;
    this.partitions = log.partitions;
    this.maxBatchBytes = log.maxBatchBytes;
    this.hasClock = log.hasClock === true;
  }

  append(partition: number, records: readonly LogRecord[]): Promise<Appended> {
    return this.log.append(partition, records);
  }

  bounds(partition: number): Promise<LogBounds> {
    return this.log.bounds(partition);
  }

  read(partition: number, options: ReadOptions): LogReader {
    return this.log.read(partition, options);
  }

  async problems(): Promise<readonly LogProblem[]> {
    this.#seen = await this.log.problems();
    this.#looked(this.#seen);
    return this.#seen;
  }

  close(): Promise<void> {
    this.#closed = true;
    this.#cancelTimer?.();
    return this.log.close();
  }

  #looked(found: readonly LogProblem[]): void {
    if (this.#closed) return;
    this.options.onLook(found);
    this.#cancelTimer?.();
    this.#cancelTimer = this.options.platform.setTimer(this.options.everyMs, () => void this.#look());
  }

  async #look(): Promise<void> {
    try {
      await this.problems();
    } catch (error) {
      const message = `its settings could not be checked: ${String(factsOf(error)['reason'])}`;
      this.#looked([...this.#seen, { message, promise: 'weakened' }]);
    }
  }
}
