import { EsError, LogUnavailable } from '@ledgerline/es-core';
import type { LogRecord } from '@ledgerline/es-core/adapter';
import type { BatchStore } from './batch-store.js';
import { encodeBatch } from './record-codec.js';

/** Where the next batch of a partition goes. */
interface Tail {
  next: number;
  inFlight: number;
  /** Nothing is known yet, or an append failed: what the store holds has to be looked up. */
  doubtful: boolean;
}

/** Gives batches their offsets. There is one in one process for a topic; a second one is noticed, not supported. */
export class BatchAppender {
  readonly #tails: readonly Tail[];

  constructor(
    private readonly topic: string,
    partitions: number,
    private readonly store: BatchStore,
  ) {
    this.#tails = Array.from({ length: partitions }, () => ({ next: 0, inFlight: 0, doubtful: true }));
  }

  /** Stores the batch behind all that were given before it; answers its first offset when it is flushed. */
  async append(partition: number, records: readonly LogRecord[]): Promise<number> {
    const tail = this.#tailOf(partition);
    const firstOffset = tail.next;
    const value = encodeBatch(records);
    tail.next += records.length;
    tail.inFlight += 1;
    try {
      if (await this.store.put(partition, { firstOffset, value })) return firstOffset;
      throw new LogUnavailable('another process appends to it as well', { topic: this.topic, partition, firstOffset });
    } catch (cause) {
      tail.doubtful = true;
      if (cause instanceof EsError) throw cause;
      throw new LogUnavailable('the batch could not be stored', { topic: this.topic, partition }, { cause });
    } finally {
      tail.inFlight -= 1;
    }
  }

  #tailOf(partition: number): Tail {
    const tail = this.#tails[partition];
    if (!tail) throw new RangeError(`${this.topic} has no partition ${partition}`);
    if (tail.doubtful && tail.inFlight === 0) {
      tail.next = this.store.end(partition);
      tail.doubtful = false;
    }
    return tail;
  }
}
