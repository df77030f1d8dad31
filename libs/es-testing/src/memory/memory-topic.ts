import { LogUnavailable } from '@ledgerline/es-core';
import {
  type Appended,
  type LogBounds,
  type LogRecord,
  OffsetOutOfRange,
  type StoredRecord,
} from '@ledgerline/es-core/adapter';

export interface MemoryTopicOptions {
  readonly topic?: string;
  /** 4 unless said otherwise. */
  readonly partitions?: number;
  /** 1 MiB unless said otherwise. */
  readonly maxBatchBytes?: number;
  /** The log's own clock; it has none unless one is given. */
  readonly clock?: () => number;
}

interface Partition {
  start: number;
  records: StoredRecord[];
}

/** What the handles on one in-memory log share; it outlives them, as a broker or a file does. */
export class MemoryTopic {
  readonly topic: string;
  readonly partitions: number;
  readonly maxBatchBytes: number;
  readonly clock: (() => number) | undefined;
  readonly #partitions: readonly Partition[];
  #waiting: (() => void)[] = [];

  constructor({ topic = 'test.events', partitions = 4, maxBatchBytes = 1024 * 1024, clock }: MemoryTopicOptions = {}) {
    this.clock = clock;
    this.topic = topic;
    this.partitions = partitions;
    this.maxBatchBytes = maxBatchBytes;
    this.#partitions = Array.from({ length: partitions }, () => ({ start: 0, records: [] }));
  }

  append(partition: number, records: readonly LogRecord[]): Appended {
    const appended = this.clock && { appendedAt: this.clock() };
    const { start, records: stored } = this.#partition(partition);
    const firstOffset = start + stored.length;
    const copies = records.map(({ key, value, headers }, i) => {
      return Object.freeze({
        key,
        value,
        headers: Object.freeze({ ...headers }),
        offset: firstOffset + i,
        ...appended,
      });
    });
    for (const copy of copies) stored.push(copy);
    this.wake();
    return { firstOffset, ...appended };
  }

  bounds(partition: number): LogBounds {
    const { start, records } = this.#partition(partition);
    return { start, end: start + records.length };
  }

  /** @throws OffsetOutOfRange */
  slice(partition: number, from: number, to: number): readonly StoredRecord[] {
    const bounds = this.bounds(partition);
    if (!Number.isSafeInteger(from) || from < bounds.start || from > bounds.end)
      throw new OffsetOutOfRange(this.topic, partition, from, bounds);
    return this.#partition(partition).records.slice(from - bounds.start, Math.max(0, to - bounds.start));
  }

  /** Resolves at the next append, and at everything else that a waiting pass has to notice. */
  changed(): Promise<void> {
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  wake(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const resolve of waiting) resolve();
  }

  /** Forgets what lies before the offset, as retention does. */
  forgetBefore(partition: number, offset: number): void {
    const held = this.#partition(partition);
    held.records = held.records.filter((record) => record.offset >= offset);
    held.start = Math.max(held.start, offset);
  }

  /** Loses what lies at the offset and behind it, as a log does that promised more than it had on disk. */
  loseTail(partition: number, offset: number): void {
    const held = this.#partition(partition);
    held.records = held.records.filter((record) => record.offset < offset);
    this.wake();
  }

  #partition(partition: number): Partition {
    const held = this.#partitions[partition];
    if (!held) throw new LogUnavailable('there is no such partition', { topic: this.topic, partition });
    return held;
  }
}
