import { LogUnavailable } from '@ledgerline/es-core';
import {
  type Appended,
  AppendRefused,
  type LogBounds,
  type LogChunk,
  type LogProblem,
  type LogReader,
  type LogRecord,
  type PartitionedLog,
  type ReadOptions,
  recordBytes,
} from '@ledgerline/es-core/adapter';
import { testPlatform } from '../platform/test-platform.js';
import { MemoryTopic, type MemoryTopicOptions } from './memory-topic.js';

/** A handle on a log in this process' memory: on one of its own, or on a topic that other handles share. */
export const memoryLog = (topic: MemoryTopic | MemoryTopicOptions = {}): PartitionedLog =>
  new MemoryLog(topic instanceof MemoryTopic ? topic : new MemoryTopic(topic));

const platform = testPlatform({ seed: 0 });
const MAX_RECORDS = 1000;

class MemoryLog implements PartitionedLog {
  readonly topic: string;
  readonly partitions: number;
  readonly maxBatchBytes: number;
  readonly hasClock: boolean;
  #closed = false;

  constructor(private readonly shared: MemoryTopic) {
    this.topic = shared.topic;
    this.partitions = shared.partitions;
    this.maxBatchBytes = shared.maxBatchBytes;
    this.hasClock = shared.clock !== undefined;
  }

  async append(partition: number, records: readonly LogRecord[]): Promise<Appended> {
    this.#assertOpen();
    this.#assertTakes(partition, records);
    return await Promise.resolve(this.shared.append(partition, records));
  }

  async bounds(partition: number): Promise<LogBounds> {
    this.#assertOpen();
    return await Promise.resolve(this.shared.bounds(partition));
  }

  read(partition: number, options: ReadOptions): LogReader {
    return new MemoryPass(this.shared, { partition, ...options, logClosed: () => this.#closed });
  }

  problems(): Promise<readonly LogProblem[]> {
    return Promise.resolve([]);
  }

  close(): Promise<void> {
    this.#closed = true;
    this.shared.wake();
    return Promise.resolve();
  }

  #assertOpen(): void {
    if (this.#closed) throw new LogUnavailable('it was closed', { topic: this.topic });
  }

  #assertTakes(partition: number, records: readonly LogRecord[]): void {
    const { topic, maxBatchBytes } = this;
    if (!Number.isInteger(partition) || partition < 0 || partition >= this.partitions)
      throw new AppendRefused('there is no such partition', { topic, partition });
    if (records.length === 0) throw new AppendRefused('it is empty', { topic, partition });
    const bytes = records.reduce((sum, record) => sum + recordBytes(platform, record), 0);
    if (bytes > maxBatchBytes) throw new AppendRefused('it is too large', { topic, partition, bytes, maxBatchBytes });
  }
}

interface PassOptions extends ReadOptions {
  readonly partition: number;
  logClosed(): boolean;
}

class MemoryPass implements LogReader {
  #next: number;
  readonly #end: number;
  #closed = false;

  constructor(
    private readonly shared: MemoryTopic,
    private readonly options: PassOptions,
  ) {
    this.#next = options.from;
    this.#end = options.follow ? Infinity : shared.bounds(options.partition).end;
  }

  async next(): Promise<LogChunk | undefined> {
    const { partition, follow, maxRecords = MAX_RECORDS, logClosed } = this.options;
    while (!this.#closed && !logClosed()) {
      const records = this.shared.slice(partition, this.#next, Math.min(this.#end, this.#next + maxRecords));
      if (records.length > 0) {
        this.#next += records.length;
        return { records, nextOffset: this.#next };
      }
      if (!follow) return undefined;
      await this.shared.changed();
    }
    return undefined;
  }

  close(): Promise<void> {
    this.#closed = true;
    this.shared.wake();
    return Promise.resolve();
  }
}
