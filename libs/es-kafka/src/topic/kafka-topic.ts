import { LogUnavailable } from '@ledgerline/es-core';
import { type LogBounds, OffsetOutOfRange } from '@ledgerline/es-core/adapter';
import type { Cluster, Route } from '../wire/cluster.js';
import { type FetchFrom, type Fetched, fetchRecords } from '../wire/fetch.js';
import { readFailure } from '../wire/kafka-failure.js';
import type { Exchange } from '../wire/kafkajs-internals.js';
import { earliestOffset, latestOffset, type OffsetAnswer, type OffsetQuestion } from '../wire/list-offsets.js';

/** Per partition and answer; a batch that is larger comes all the same. Twice as much costs more memory and is no faster. */
export const FETCH_BYTES = 512 * 1024;
const READING = 'read';

/** Questions about one topic's partitions that are answered at once, each by the partition's leader. */
export class KafkaTopic {
  constructor(readonly cluster: Cluster) {}

  get name(): string {
    return this.cluster.topic;
  }

  async bounds(partition: number): Promise<LogBounds> {
    const [start, end] = await Promise.all([this.#offset(partition, earliestOffset), this.end(partition)]);
    return { start, end };
  }

  /** Behind everything that was acknowledged before the call. */
  end(partition: number): Promise<number> {
    return this.#offset(partition, latestOffset);
  }

  /** What lies there now, possibly nothing; its error code is for the caller. */
  async fetch(partition: number, offset: number): Promise<Fetched> {
    return await this.#asking(partition, async ({ connection, epoch }) => {
      const from: FetchFrom = { partition, offset, epoch, maxBytes: FETCH_BYTES };
      const request = { topic: this.name, from: [from], maxWaitMs: 0, maxBytes: FETCH_BYTES };
      const { errorCode, partitions } = await connection.send(fetchRecords(request));
      const [fetched] = partitions;
      if (errorCode !== 0 || !fetched) throw readFailure(errorCode, { topic: this.name, partition });
      return fetched;
    });
  }

  async outOfRange(partition: number, offset: number): Promise<OffsetOutOfRange> {
    return new OffsetOutOfRange(this.name, partition, offset, await this.bounds(partition));
  }

  /** The error of a fetch that was answered with this code; who leads the partition is asked again. */
  failure(partition: number, errorCode: number): LogUnavailable {
    this.cluster.doubt();
    return readFailure(errorCode, { topic: this.name, partition });
  }

  async #offset(partition: number, ask: (question: OffsetQuestion) => Exchange<OffsetAnswer>): Promise<number> {
    return await this.#asking(partition, async ({ connection, epoch }) => {
      const { errorCode, offset } = await connection.send(ask({ topic: this.name, partition, epoch }));
      if (errorCode !== 0) throw this.failure(partition, errorCode);
      return offset;
    });
  }

  async #asking<T>(partition: number, ask: (route: Route) => Promise<T>): Promise<T> {
    const route = await this.cluster.route(partition, READING);
    try {
      return await ask(route);
    } catch (cause) {
      if (cause instanceof LogUnavailable) throw cause;
      this.cluster.doubt();
      const facts = { topic: this.name, partition, leader: route.leader };
      throw new LogUnavailable('the partition could not be read', facts, { cause });
    }
  }
}
