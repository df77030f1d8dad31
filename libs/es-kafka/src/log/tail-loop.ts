import { setTimeout } from 'node:timers/promises';
import { LogUnavailable } from '@ledgerline/es-core';
import { decodeBatches } from '../record-batch/decode-batches.js';
import type { BrokerConnection } from '../wire/broker-connection.js';
import { type FetchFrom, type Fetched, fetchRecords } from '../wire/fetch.js';
import { OFFSET_OUT_OF_RANGE, readFailure } from '../wire/kafka-failure.js';
import { FETCH_BYTES, type KafkaTopic } from '../topic/kafka-topic.js';
import { type TailPlace, WaitingPlace, type Waits } from './waiting-place.js';

/** How long a broker waits for something new before it answers that there is nothing. It answers at once when there is. */
const MAX_WAIT_MS = 100;
const LOOK_EVERY_MS = 5;
const MAX_BYTES = 8 * FETCH_BYTES;

/** Asks one broker, over and over, for what comes next in all partitions that somebody waits for, in one request. */
export class TailLoop {
  /**
   * In the order in which their partitions are asked for. A broker always answers the first one that has something, however large its
   * next batch is, and each later one only while there is space, so whoever was given something goes to the end.
   */
  readonly #places = new Set<WaitingPlace>();
  #running = false;

  constructor(
    private readonly topic: KafkaTopic,
    private readonly connection: BrokerConnection,
  ) {}

  isOn(connection: BrokerConnection): boolean {
    return this.connection === connection;
  }

  enter(waits: Waits): TailPlace {
    const place = new WaitingPlace(waits, () => this.#places.delete(place));
    this.#places.add(place);
    if (this.#running) void this.#bridge(place);
    else void this.#run();
    return place;
  }

  /** The request that is under way does not ask for a place that came after it: until the next one does, it is looked up. */
  async #bridge(place: WaitingPlace): Promise<void> {
    try {
      while (!place.isWatched && this.#places.has(place)) {
        const { offset } = place;
        const fetched = await this.topic.fetch(place.partition, offset);
        if (fetched.errorCode !== 0) throw await this.#failureOf(fetched, offset);
        place.take(decodeBatches(fetched.bytes, offset));
        await setTimeout(LOOK_EVERY_MS);
      }
    } catch (error) {
      place.fail(asError(error));
    }
  }

  async #run(): Promise<void> {
    this.#running = true;
    try {
      while (this.#places.size > 0) await this.#once();
    } catch (cause) {
      this.topic.cluster.doubt();
      const failure = new LogUnavailable('the connection to its end was lost', { topic: this.topic.name }, { cause });
      for (const place of [...this.#places]) place.fail(failure);
    } finally {
      this.#running = false;
    }
  }

  async #once(): Promise<void> {
    const from = this.#wanted();
    const request = { topic: this.topic.name, from: [...from.values()], maxWaitMs: MAX_WAIT_MS, maxBytes: MAX_BYTES };
    const { errorCode, partitions } = await this.connection.send(fetchRecords(request));
    if (errorCode !== 0) throw readFailure(errorCode, { topic: this.topic.name });
    for (const fetched of partitions) await this.#handOut(fetched, from.get(fetched.partition)?.offset ?? 0);
  }

  /** Each partition once, from where the pass stands that is the furthest behind. */
  #wanted(): Map<number, FetchFrom> {
    const from = new Map<number, FetchFrom>();
    for (const place of this.#places) {
      place.isWatched = true;
      const { partition, offset, epoch } = place;
      const least = Math.min(offset, from.get(partition)?.offset ?? Infinity);
      from.set(partition, { partition, offset: least, epoch, maxBytes: FETCH_BYTES });
    }
    return from;
  }

  /** A pass that came meanwhile, and stands before what was asked for, is not one of those that wait for this. */
  async #handOut(fetched: Fetched, offset: number): Promise<void> {
    const waiting = [...this.#places].filter((one) => one.partition === fetched.partition && one.offset >= offset);
    if (waiting.length === 0) return;
    try {
      if (fetched.errorCode !== 0) throw await this.#failureOf(fetched, offset);
      if (fetched.bytes.length === 0) return;
      const decoded = decodeBatches(fetched.bytes, offset);
      for (const place of waiting) {
        this.#places.delete(place);
        this.#places.add(place);
        place.take(decoded);
      }
    } catch (error) {
      for (const place of waiting) place.fail(asError(error));
    }
  }

  async #failureOf({ partition, errorCode }: Fetched, offset: number): Promise<Error> {
    return errorCode === OFFSET_OUT_OF_RANGE
      ? await this.topic.outOfRange(partition, offset)
      : this.topic.failure(partition, errorCode);
  }
}

const asError = (thrown: unknown): Error => (thrown instanceof Error ? thrown : new Error(String(thrown)));
