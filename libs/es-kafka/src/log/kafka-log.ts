import { LogUnavailable } from '@ledgerline/es-core';
import {
  type Appended,
  AppendRefused,
  type LogBounds,
  type LogProblem,
  type LogReader,
  type LogRecord,
  type PartitionedLog,
  type ReadOptions,
  recordBytes,
} from '@ledgerline/es-core/adapter';
import type { TopicGuard } from '../topic/topic-guard.js';
import type { Cluster } from '../wire/cluster.js';
import { KafkaTopic } from '../topic/kafka-topic.js';
import { LogPass } from './log-pass.js';
import type { PartitionAppender } from './partition-appender.js';
import { Tail } from './tail.js';

const COUNTING = { byteLength: (text: string): number => Buffer.byteLength(text) };

/** What an open topic consists of. */
export interface LogParts {
  /** The topic as positions name it, the same on every cluster. */
  readonly topic: string;
  readonly cluster: Cluster;
  readonly guard: TopicGuard;
  readonly partitions: number;
  readonly maxBatchBytes: number;
  /** One for each partition; none where the log was opened for reading. */
  readonly appenders: readonly PartitionAppender[];
}

export class KafkaLog implements PartitionedLog {
  readonly topic: string;
  readonly partitions: number;
  readonly maxBatchBytes: number;
  readonly hasClock = true;
  readonly #topic: KafkaTopic;
  readonly #tail: Tail;
  readonly #passes = new Set<LogPass>();
  readonly #appending = new Set<Promise<unknown>>();
  #closing: Promise<void> | undefined;

  constructor(private readonly parts: LogParts) {
    this.topic = parts.topic;
    this.partitions = parts.partitions;
    this.maxBatchBytes = parts.maxBatchBytes;
    this.#topic = new KafkaTopic(parts.cluster);
    this.#tail = new Tail(this.#topic);
  }

  async append(partition: number, records: readonly LogRecord[]): Promise<Appended> {
    this.#assertOpen();
    const appender = this.#appenderOf(partition);
    this.#assertTakes(partition, records);
    const appending = appender.append(records);
    this.#appending.add(appending);
    try {
      return await appending;
    } finally {
      this.#appending.delete(appending);
    }
  }

  async bounds(partition: number): Promise<LogBounds> {
    this.#assertOpen();
    this.#assertHas(partition);
    return await this.#topic.bounds(partition);
  }

  read(partition: number, options: ReadOptions): LogReader {
    this.#assertHas(partition);
    const onClose = (): unknown => this.#passes.delete(pass);
    const pass: LogPass = new LogPass({ topic: this.#topic, tail: this.#tail, partition, onClose }, options);
    if (this.#closing) void pass.close();
    else this.#passes.add(pass);
    return pass;
  }

  async problems(): Promise<readonly LogProblem[]> {
    this.#assertOpen();
    return await this.parts.guard.problems();
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  /** What is being appended is still answered. */
  async #close(): Promise<void> {
    await Promise.all([...this.#passes].map((pass) => pass.close()));
    await Promise.allSettled(this.#appending);
    await this.parts.cluster.close();
  }

  #assertOpen(): void {
    if (this.#closing) throw new LogUnavailable('it was closed', { topic: this.topic });
  }

  #assertHas(partition: number): void {
    if (!Number.isInteger(partition) || partition < 0 || partition >= this.partitions)
      throw new RangeError(`${this.topic} has no partition ${partition}`);
  }

  #appenderOf(partition: number): PartitionAppender {
    const { appenders } = this.parts;
    const { topic } = this;
    if (appenders.length === 0) throw new AppendRefused('the log was opened for reading', { topic });
    const appender = appenders[partition];
    if (!appender) throw new AppendRefused('there is no such partition', { topic, partition });
    return appender;
  }

  #assertTakes(partition: number, records: readonly LogRecord[]): void {
    const { topic, maxBatchBytes } = this;
    if (records.length === 0) throw new AppendRefused('it is empty', { topic, partition });
    let bytes = 0;
    for (const record of records) bytes += recordBytes(COUNTING, record);
    if (bytes > maxBatchBytes) throw new AppendRefused('it is too large', { topic, partition, bytes, maxBatchBytes });
  }
}
