import { LogUnavailable } from '@ledgerline/es-core';
import {
  AppendRefused,
  type LogBounds,
  type LogProblem,
  type LogReader,
  type LogRecord,
  type PartitionedLog,
  type ReadOptions,
  recordBytes,
} from '@ledgerline/es-core/adapter';
import { nodePlatform } from '../node-platform.js';
import type { Environment } from '../storage/environment.js';
import { BatchAppender } from './batch-appender.js';
import { BatchStore } from './batch-store.js';
import type { BellListener, BellRinger } from './bell.js';
import { LogPass } from './log-pass.js';
import type { WakeUp } from './wake-up.js';

/** What an open topic consists of. The writing process rings the bell, all others listen to it. */
export interface LogParts {
  readonly topic: string;
  readonly partitions: number;
  readonly maxBatchBytes: number;
  readonly environment: Environment;
  readonly wakeUp: WakeUp;
  readonly ringer?: BellRinger;
  readonly listener?: BellListener;
}

export class EmbeddedLog implements PartitionedLog {
  readonly topic: string;
  readonly partitions: number;
  readonly maxBatchBytes: number;
  readonly #store: BatchStore;
  readonly #appender: BatchAppender;
  #closing: Promise<void> | undefined;

  constructor(private readonly parts: LogParts) {
    this.topic = parts.topic;
    this.partitions = parts.partitions;
    this.maxBatchBytes = parts.maxBatchBytes;
    this.#store = new BatchStore(parts.environment);
    this.#appender = new BatchAppender(parts.topic, parts.partitions, this.#store);
  }

  async append(partition: number, records: readonly LogRecord[]): Promise<{ readonly firstOffset: number }> {
    const { ringer, wakeUp } = this.parts;
    this.#assertOpen();
    if (!ringer) throw new AppendRefused('this process opened the log for reading', { topic: this.topic });
    this.#assertTakes(partition, records);
    const firstOffset = await this.#appender.append(partition, records);
    ringer.ring();
    wakeUp.ring();
    return { firstOffset };
  }

  async bounds(partition: number): Promise<LogBounds> {
    this.#assertOpen();
    this.#assertHas(partition);
    return await Promise.resolve({ start: 0, end: this.#store.end(partition) });
  }

  read(partition: number, options: ReadOptions): LogReader {
    this.#assertHas(partition);
    const closed = (): boolean => this.#closing !== undefined;
    return new LogPass({ ...this.parts, partition, store: this.#store, closed }, options);
  }

  /** Its settings are those of the code that reads it. */
  problems(): Promise<readonly LogProblem[]> {
    return Promise.resolve([]);
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  /** What is being appended is still stored and acknowledged. */
  async #close(): Promise<void> {
    const { environment, listener, ringer, wakeUp } = this.parts;
    listener?.close();
    await Promise.resolve();
    wakeUp.ring();
    await environment.close();
    ringer?.close();
  }

  #assertOpen(): void {
    if (this.#closing) throw new LogUnavailable('it was closed', { topic: this.topic });
  }

  #assertHas(partition: number): void {
    if (!Number.isInteger(partition) || partition < 0 || partition >= this.partitions)
      throw new RangeError(`${this.topic} has no partition ${partition}`);
  }

  #assertTakes(partition: number, records: readonly LogRecord[]): void {
    if (!Number.isInteger(partition) || partition < 0 || partition >= this.partitions)
      throw new AppendRefused('there is no such partition', { topic: this.topic, partition });
    if (records.length === 0) throw new AppendRefused('it is empty', { topic: this.topic, partition });
    const bytes = records.reduce((sum, record) => sum + recordBytes(nodePlatform, record), 0);
    if (bytes > this.maxBatchBytes)
      throw new AppendRefused('it is too large', { topic: this.topic, partition, bytes, limit: this.maxBatchBytes });
  }
}
