import { EsError, LogUnavailable } from '@ledgerline/es-core';
import {
  type LogChunk,
  type LogReader,
  OffsetOutOfRange,
  type ReadOptions,
  type StoredRecord,
} from '@ledgerline/es-core/adapter';
import { type BatchStore, recordsFrom } from './batch-store.js';
import type { WakeUp } from './wake-up.js';

const MAX_RECORDS = 1000;
const MAX_BYTES = 1024 * 1024;

/** What a pass reads. */
export interface PassSource {
  readonly topic: string;
  readonly partition: number;
  readonly store: BatchStore;
  /** Rings when there may be more, and when the log is closed. */
  readonly wakeUp: WakeUp;
  closed(): boolean;
}

/** One pass over one partition. */
export class LogPass implements LogReader {
  readonly #maxRecords: number;
  #next: number;
  /** Where a bounded pass ends; taken when it begins. */
  #end: number | undefined;
  /** Records of the last batch that did not fit into the last chunk. */
  #rest: StoredRecord[] = [];
  #closed = false;

  constructor(
    private readonly source: PassSource,
    private readonly options: ReadOptions,
  ) {
    this.#next = options.from;
    this.#maxRecords = Math.max(1, options.maxRecords ?? MAX_RECORDS);
  }

  async next(): Promise<LogChunk | undefined> {
    const { wakeUp } = this.source;
    while (!this.#isClosed()) {
      const state = wakeUp.state;
      const chunk = this.#chunk();
      if (chunk) return chunk;
      if (!this.options.follow) return undefined;
      await wakeUp.after(state);
    }
    return undefined;
  }

  close(): Promise<void> {
    this.#closed = true;
    this.source.wakeUp.ring();
    return Promise.resolve();
  }

  #isClosed(): boolean {
    return this.#closed || this.source.closed();
  }

  #chunk(): LogChunk | undefined {
    try {
      this.#end ??= this.#begin();
      const records = this.#take();
      const last = records.at(-1);
      if (!last) return undefined;
      this.#next = last.offset + 1;
      return { records, nextOffset: this.#next };
    } catch (cause) {
      if (cause instanceof EsError) throw cause;
      throw new LogUnavailable(
        'it cannot be read',
        { topic: this.source.topic, partition: this.source.partition },
        { cause },
      );
    }
  }

  #begin(): number {
    const { topic, partition, store } = this.source;
    const end = store.end(partition);
    const { from, follow } = this.options;
    if (!Number.isSafeInteger(from) || from < 0 || from > end)
      throw new OffsetOutOfRange(topic, partition, from, { start: 0, end });
    return follow ? Infinity : end;
  }

  #take(): StoredRecord[] {
    const records = this.#rest.length > 0 ? this.#rest : this.#read();
    this.#rest = records.slice(this.#maxRecords);
    return this.#rest.length > 0 ? records.slice(0, this.#maxRecords) : records;
  }

  /** Whole batches, until they are enough for a chunk. */
  #read(): StoredRecord[] {
    const records: StoredRecord[] = [];
    let bytes = 0;
    for (const batch of this.source.store.from(this.source.partition, this.#next)) {
      if (batch.firstOffset >= (this.#end ?? 0)) break;
      for (const record of recordsFrom(batch, this.#next)) records.push(record);
      bytes += batch.value.length;
      if (records.length >= this.#maxRecords || bytes >= MAX_BYTES) break;
    }
    return records;
  }
}
