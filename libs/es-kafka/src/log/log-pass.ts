import { LogUnavailable } from '@ledgerline/es-core';
import type { LogChunk, LogReader, ReadOptions, StoredRecord } from '@ledgerline/es-core/adapter';
import { BatchDamaged } from '../record-batch/batches-in.js';
import { type Decoded, decodeBatches, OffsetMissing } from '../record-batch/decode-batches.js';
import type { Fetched } from '../wire/fetch.js';
import { OFFSET_OUT_OF_RANGE } from '../wire/kafka-failure.js';
import type { KafkaTopic } from '../topic/kafka-topic.js';
import type { Tail } from './tail.js';
import type { TailPlace } from './waiting-place.js';

const MAX_RECORDS = 1000;

/** What a pass reads. */
export interface PassSource {
  readonly topic: KafkaTopic;
  readonly tail: Tail;
  readonly partition: number;
  readonly onClose: () => void;
}

/**
 * One pass over one partition. What is there already it fetches for itself, one answer ahead of who reads; a following pass that
 * has reached the end waits at the tail, together with all others.
 */
export class LogPass implements LogReader {
  #next: number;
  /** Where a bounded pass ends. */
  #end = Infinity;
  #begun = false;
  #closed = false;
  #ahead: Promise<Fetched> | undefined;
  #place: TailPlace | undefined;
  /** Of the last answer: what did not fit into the last chunk, and the offset behind it. */
  #rest: readonly StoredRecord[] = [];
  #restEnd: number;
  readonly #maxRecords: number;

  constructor(
    private readonly source: PassSource,
    private readonly options: ReadOptions,
  ) {
    this.#next = options.from;
    this.#restEnd = options.from;
    this.#maxRecords = Math.max(1, options.maxRecords ?? MAX_RECORDS);
  }

  async next(): Promise<LogChunk | undefined> {
    if (this.#closed) return undefined;
    try {
      if (!this.#begun) await this.#begin();
      while (!this.#closed && this.#next < this.#end) {
        if (this.#restEnd > this.#next) return this.#chunk();
        const decoded = await this.#more();
        if (decoded) this.#keep(decoded);
      }
      return undefined;
    } catch (error) {
      if (this.#closed) return undefined;
      await this.close();
      throw await this.#explained(error);
    }
  }

  /** Safe to repeat. A `next` that waits is answered at once, unless it waits for a broker. */
  close(): Promise<void> {
    this.#closed = true;
    this.#place?.leave();
    this.source.onClose();
    return Promise.resolve();
  }

  async #begin(): Promise<void> {
    const { topic, partition } = this.source;
    const { from, follow } = this.options;
    if (!Number.isSafeInteger(from) || from < 0) throw await topic.outOfRange(partition, from);
    void this.#fetchAhead();
    const end = await topic.end(partition);
    if (from > end) throw await topic.outOfRange(partition, from);
    if (!follow) this.#end = end;
    this.#begun = true;
  }

  #chunk(): LogChunk {
    const records = this.#rest.length > this.#maxRecords ? this.#rest.slice(0, this.#maxRecords) : this.#rest;
    this.#rest = records === this.#rest ? [] : this.#rest.slice(this.#maxRecords);
    const last = records.at(-1);
    this.#next = this.#rest.length > 0 && last ? last.offset + (last.unreadable ?? 1) : this.#restEnd;
    return { records, nextOffset: this.#next };
  }

  async #more(): Promise<Decoded | undefined> {
    if (this.#place) return await this.#fromTail(this.#place);
    const fetched = await (this.#ahead ?? this.#fetchAhead());
    this.#ahead = undefined;
    if (fetched.errorCode !== 0) throw await this.#failureOf(fetched.errorCode);
    const decoded = decodeBatches(fetched.bytes, this.#next);
    const { nextOffset } = decoded;
    const goesOn = nextOffset < Math.min(fetched.end, this.#end);
    if (goesOn && nextOffset === this.#next) throw this.#withheld();
    if (goesOn) void this.#fetchAhead(nextOffset);
    else if (this.options.follow) await this.#waitFrom(nextOffset);
    // A first answer may be older than the end.
    return nextOffset > this.#next ? decoded : undefined;
  }

  async #waitFrom(offset: number): Promise<void> {
    const { tail, partition } = this.source;
    this.#place = await tail.enter(partition, offset);
    if (this.#closed) this.#place.leave();
  }

  async #fromTail(place: TailPlace): Promise<Decoded | undefined> {
    const decoded = await place.next();
    if (decoded || this.#closed) return decoded;
    // It was left behind there: what it missed it fetches for itself.
    this.#place = undefined;
    return undefined;
  }

  /** The answer to a fetch, begun before anybody waits for it. */
  #fetchAhead(offset = this.#next): Promise<Fetched> {
    this.#ahead = this.source.topic.fetch(this.source.partition, offset);
    this.#ahead.catch(() => undefined); // Whoever waits for it is told.
    return this.#ahead;
  }

  #keep({ records, nextOffset }: Decoded): void {
    const tooFar = nextOffset > this.#end;
    this.#rest = tooFar ? records.filter(({ offset }) => offset < this.#end) : records;
    this.#restEnd = Math.min(nextOffset, this.#end);
  }

  async #failureOf(errorCode: number): Promise<Error> {
    const { topic, partition } = this.source;
    return errorCode === OFFSET_OUT_OF_RANGE
      ? await topic.outOfRange(partition, this.#next)
      : topic.failure(partition, errorCode);
  }

  #withheld(): LogUnavailable {
    return new LogUnavailable('the broker holds back what it said it has', this.#facts(this.#next));
  }

  #facts(offset: number) {
    const { topic, partition } = this.source;
    return { topic: topic.name, partition, offset };
  }

  async #explained(error: unknown): Promise<unknown> {
    const { topic, partition } = this.source;
    if (error instanceof OffsetMissing) return await topic.outOfRange(partition, error.offset);
    if (error instanceof BatchDamaged)
      return new LogUnavailable('what the broker handed out is damaged', this.#facts(error.offset), { cause: error });
    return error;
  }
}
