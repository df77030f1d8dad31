import { LogUnavailable } from '@ledgerline/es-core';
import { type Appended, AppendRefused, type LogRecord } from '@ledgerline/es-core/adapter';
import { encodeBatch } from '../record-batch/encode-batch.js';
import type { Cluster, Route } from '../wire/cluster.js';
import { appendFailure } from '../wire/kafka-failure.js';
import { PRODUCE_BY_ID, produceById, produceByName } from '../wire/produce.js';

/** A broker works on one request of a connection at a time, so the partitions that it leads share a few. */
const CONNECTIONS = 4;

/**
 * Appends to one partition, and knows under which connection and which leader the last answers came. Once that is over, the
 * next call is not sent but fails: whoever appends then reads again what the log holds, and does so from the connection and the
 * leader that the call after it uses.
 */
export class PartitionAppender {
  #route: Route | undefined;

  constructor(
    private readonly cluster: Cluster,
    private readonly partition: number,
    private readonly timeoutMs: number,
  ) {}

  /** Takes the present leader as the one that everything read from now on comes from. */
  async prepare(): Promise<void> {
    this.#route = await this.cluster.route(this.partition, `append ${this.partition % CONNECTIONS}`);
  }

  /** One request, never repeated. @throws AppendRefused, LogUnavailable */
  async append(records: readonly LogRecord[]): Promise<Appended> {
    const route = await this.#believed();
    const batch = encodeBatch(records, Date.now());
    const { topic } = this.cluster;
    const { errorCode, firstOffset, appendedAt } = await this.#send(route, batch);
    if (errorCode === 0) return appendedAt === undefined ? { firstOffset } : { firstOffset, appendedAt };
    const failure = appendFailure(errorCode, { topic, partition: this.partition, bytes: batch.length });
    if (!(failure instanceof AppendRefused)) this.#distrust(route);
    throw failure;
  }

  async #believed(): Promise<Route> {
    if (this.#route && this.cluster.holds(this.partition, this.#route)) return this.#route;
    await this.prepare();
    throw new LogUnavailable(
      'the connection to the partition was lost, or another broker leads it now; the batch was not sent',
      this.#facts(),
    );
  }

  async #send(route: Route, batch: Buffer) {
    const { partition, timeoutMs } = this;
    const { connection, topicId } = route;
    const produce = connection.speaks(PRODUCE_BY_ID) ? produceById : produceByName;
    try {
      return await connection.send(produce({ topic: this.cluster.topic, topicId, partition, batch, timeoutMs }));
    } catch (cause) {
      this.#distrust(route);
      throw new LogUnavailable('an append was not answered', this.#facts(), { cause });
    }
  }

  #distrust(route: Route): void {
    if (this.#route === route) this.#route = undefined;
    this.cluster.doubt();
  }

  #facts() {
    return { topic: this.cluster.topic, partition: this.partition, leader: this.#route?.leader };
  }
}
