import { AppendForbidden, type Platform } from '@ledgerline/es-core';
import type {
  Appended,
  LogBounds,
  LogProblem,
  LogReader,
  LogRecord,
  PartitionedLog,
  ReadOptions,
} from '@ledgerline/es-core/adapter';
import { factsOf } from '../logging/log.js';
import { LogHeartbeat } from './log-heartbeat.js';

export interface WatchedLogOptions {
  readonly platform: Pick<Platform, 'setTimer'>;
  readonly everyMs: number;
  /** Called after every look at the log's settings, whoever asked for it, with what was wrong. */
  readonly onLook: (found: readonly LogProblem[]) => void;
  /** Called when the log answers no more, and when it answers again. */
  readonly onSilence: (isSilent: boolean) => void;
  /** Called when an append is refused for lack of a right, and with nothing when one is taken again. */
  readonly onForbidden: (refusal: AppendForbidden | undefined) => void;
  readonly onClose: () => void;
}

/**
 * A log that is asked again and again whether it answers, until it is closed; and whose settings are looked at again and again, from the
 * first time that somebody asks for its problems.
 */
export class WatchedLog implements PartitionedLog {
  readonly topic: string;
  readonly partitions: number;
  readonly maxBatchBytes: number;
  readonly hasClock: boolean;
  /** What was wrong when the settings were seen last. */
  #seen: readonly LogProblem[] = [];
  #cancelTimer: (() => void) | undefined;
  #closed = false;
  #forbidden: AppendForbidden | undefined;
  readonly #heartbeat: LogHeartbeat;

  constructor(
    private readonly log: PartitionedLog,
    private readonly options: WatchedLogOptions,
  ) {
    this.#heartbeat = new LogHeartbeat({ log, platform: options.platform, onChange: options.onSilence });
    this.topic = log.topic;
    this.partitions = log.partitions;
    this.maxBatchBytes = log.maxBatchBytes;
    this.hasClock = log.hasClock === true;
  }

  /** True when it has not answered for a while. */
  get isSilent(): boolean {
    return this.#heartbeat.isSilent;
  }

  /** Why the last append was refused, where that was for lack of a right. */
  get forbidden(): AppendForbidden | undefined {
    return this.#forbidden;
  }

  async append(partition: number, records: readonly LogRecord[]): Promise<Appended> {
    try {
      const appended = await this.log.append(partition, records);
      if (this.#forbidden) this.#forbid(undefined);
      return appended;
    } catch (error) {
      if (error instanceof AppendForbidden) this.#forbid(error);
      throw error;
    }
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
    this.#heartbeat.stop();
    this.options.onClose();
    this.#cancelTimer?.();
    return this.log.close();
  }

  #forbid(refusal: AppendForbidden | undefined): void {
    const isNew = (refusal === undefined) !== (this.#forbidden === undefined);
    this.#forbidden = refusal;
    if (isNew) this.options.onForbidden(refusal);
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
