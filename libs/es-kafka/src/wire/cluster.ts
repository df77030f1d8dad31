import { EsError, LogMisconfigured, LogUnavailable } from '@ledgerline/es-core';
import type { KafkaConnection } from '../kafka-connection.js';
import { type Address, addressOf, nameOf } from './address.js';
import { BrokerConnection } from './broker-connection.js';
import { notReached, refusalIn } from './connect-failure.js';
import type { ApiVersion } from './exchange.js';
import { FETCH } from './fetch.js';
import { INVALID_TOPIC, readFailure, TOPIC_AUTHORIZATION_FAILED, UNKNOWN_TOPIC_OR_PARTITION } from './kafka-failure.js';
import { LIST_OFFSETS } from './list-offsets.js';
import { allTopics, type ListedTopic, METADATA, metadataOf, type TopicView } from './metadata.js';
import { PRODUCE } from './produce.js';

const NEEDED: readonly ApiVersion[] = [METADATA, PRODUCE, FETCH, LIST_OFFSETS];

/** Brokers close connections that were silent for ten minutes. */
const KEEP_ALIVE_MS = 60_000;

export interface ClusterOptions {
  /** Where to dial a broker that says it is there; specs stand in between. */
  readonly dialled?: (address: Address) => Address;
  readonly keepAliveMs?: number;
}

/** What led to a partition's leader. As long as it is the same one, nobody else has led the partition. */
export interface Route {
  readonly connection: BrokerConnection;
  readonly leader: number;
  readonly epoch: number;
  readonly topicId: string;
}

/** The brokers as one topic needs them: who leads its partitions, and connections to them, opened when they are needed. */
export class Cluster {
  #view: TopicView | undefined;
  #doubtful = true;
  #refreshing: Promise<TopicView> | undefined;
  #closed = false;
  #failures = 0;
  /** By broker: when it failed last, counted in failures. */
  readonly #failedAt = new Map<string, number>();
  readonly #connections = new Map<string, Promise<BrokerConnection>>();
  readonly #dialled: (address: Address) => Address;
  readonly #keepingAlive: NodeJS.Timeout;

  constructor(
    readonly topic: string,
    private readonly settings: KafkaConnection,
    { dialled = (address) => address, keepAliveMs = KEEP_ALIVE_MS }: ClusterOptions = {},
  ) {
    this.#dialled = dialled;
    this.#keepingAlive = setInterval(() => void this.#keepAlive(), keepAliveMs).unref();
  }

  /** The topic as it was last seen. @throws LogUnavailable, LogMisconfigured */
  async view(): Promise<TopicView> {
    return this.#view && !this.#doubtful ? this.#view : await this.refresh();
  }

  /** The topic as it is now. */
  refresh(): Promise<TopicView> {
    this.#refreshing ??= this.#refresh().finally(() => (this.#refreshing = undefined));
    return this.#refreshing;
  }

  /** What is known may be wrong: the next one who needs it asks again. */
  doubt(): void {
    this.#doubtful = true;
  }

  /** A connection to the partition's leader, shared by all that is done for one purpose there. */
  async route(partition: number, purpose: string): Promise<Route> {
    const { id: topicId, partitions, brokers } = await this.view();
    const { leader = -1, epoch = -1 } = partitions[partition] ?? {};
    const address = brokers.get(leader);
    if (!address) {
      this.doubt();
      const what = partitions.length === 0 ? 'there is no such topic now' : 'the partition has no leader';
      throw new LogUnavailable(what, { topic: this.topic, partition });
    }
    return { connection: await this.#connection(address, purpose), leader, epoch, topicId };
  }

  /** False as soon as it is known that the route's broker cannot be reached by it, or does not lead any more. */
  holds(partition: number, { connection, leader, epoch, topicId }: Route): boolean {
    const seen = this.#view?.partitions[partition];
    return connection.isOpen && this.#view?.id === topicId && seen?.leader === leader && seen.epoch === epoch;
  }

  /** A connection to the broker that carries out what changes topics, or any other: they hand it on. */
  async controller(): Promise<BrokerConnection> {
    const { brokers, controller } = await this.view();
    const address = brokers.get(controller);
    return address ? await this.#connection(address, 'control') : await this.#askAny((any) => Promise.resolve(any));
  }

  /** Every topic of the cluster that this principal may see. */
  async topics(): Promise<readonly ListedTopic[]> {
    return (await this.#askAny((connection) => connection.send(allTopics()))).topics;
  }

  /** Any topic as it is now. @throws LogUnavailable */
  viewOf(topic: string): Promise<TopicView> {
    return this.#askAny((connection) => connection.send(metadataOf(topic)));
  }

  /** A connection to a broker, whatever it leads. @throws LogUnavailable where the cluster knows none of this number */
  async broker(id: number): Promise<BrokerConnection> {
    const address = (await this.view()).brokers.get(id);
    if (!address) throw new LogUnavailable(`there is no broker ${id} now`, { broker: id });
    return await this.#connection(address, 'control');
  }

  async close(): Promise<void> {
    this.#closed = true;
    clearInterval(this.#keepingAlive);
    const opened = await Promise.allSettled(this.#connections.values());
    this.#connections.clear();
    for (const one of opened) if (one.status === 'fulfilled') one.value.close();
  }

  async #refresh(): Promise<TopicView> {
    const view = await this.viewOf(this.topic);
    const refusal = REFUSALS.get(view.errorCode);
    if (refusal !== undefined) throw this.#refused(refusal);
    if (view.errorCode !== 0 && view.errorCode !== UNKNOWN_TOPIC_OR_PARTITION)
      throw readFailure(view.errorCode, { topic: this.topic });
    this.#view = view;
    this.#doubtful = false;
    return view;
  }

  /** What was good once is worth trying again, at this broker or at another one: a right comes back, a listing of rights arrives. */
  #refused(refusal: string): EsError {
    return this.#view === undefined
      ? new LogMisconfigured(this.topic, [refusal])
      : new LogUnavailable(refusal, { topic: this.topic });
  }

  /** Asks brokers that are known, or were named, until one answers; the one that failed last comes last. */
  async #askAny<T>(ask: (connection: BrokerConnection) => Promise<T>): Promise<T> {
    let cause: unknown;
    for (const address of this.#addresses())
      try {
        return await ask(await this.#connection(address, 'control'));
      } catch (error) {
        if (error instanceof EsError && !error.retriable) throw error;
        this.#failedAt.set(nameOf(address), (this.#failures += 1));
        cause = error;
      }
    const brokers = this.settings.brokers.join(', ');
    throw new LogUnavailable(
      `no broker answers at ${brokers}; start one, or check KAFKA_BROKERS, KAFKA_SSL and KAFKA_SASL_*`,
      { topic: this.topic, brokers },
      { cause },
    );
  }

  /** Asks something on every connection, and who leads now. One that fails is closed by that: who uses it next is told. */
  async #keepAlive(): Promise<void> {
    const opened = await Promise.allSettled(this.#connections.values());
    const open = opened.flatMap((one) => (one.status === 'fulfilled' && one.value.isOpen ? [one.value] : []));
    await Promise.allSettled([this.refresh(), ...open.map((connection) => connection.send(metadataOf(this.topic)))]);
  }

  #addresses(): Address[] {
    const all = [...(this.#view?.brokers.values() ?? []), ...this.settings.brokers.map(addressOf)];
    const different = [...new Map(all.map((address) => [nameOf(address), address])).values()];
    const failedAt = (address: Address): number => this.#failedAt.get(nameOf(address)) ?? 0;
    return different.sort((a, b) => failedAt(a) - failedAt(b));
  }

  async #connection(address: Address, purpose: string): Promise<BrokerConnection> {
    const key = `${nameOf(address)} ${purpose}`;
    const known = this.#connections.get(key);
    if (known && (await known).isOpen) return await known;
    // Somebody else may have begun to open another one meanwhile.
    const current = this.#connections.get(key);
    if (current && current !== known) return await current;
    if (this.#closed) throw new LogUnavailable('it was closed', { topic: this.topic });
    const opening = this.#open(address);
    this.#connections.set(key, opening);
    opening.catch(() => this.#connections.get(key) === opening && this.#connections.delete(key));
    return await opening;
  }

  async #open(address: Address): Promise<BrokerConnection> {
    try {
      const connection = await BrokerConnection.open(this.#dialled(address), this.settings);
      this.#assertSpeaks(connection);
      return connection;
    } catch (error) {
      this.doubt();
      if (error instanceof EsError) throw error;
      const refusal = refusalIn(error, address, this.settings);
      if (refusal !== undefined) throw this.#refused(refusal);
      throw notReached(error, address, { topic: this.topic });
    }
  }

  #assertSpeaks(connection: BrokerConnection): void {
    const missing = NEEDED.filter((api) => !connection.speaks(api));
    if (missing.length === 0) return;
    connection.close();
    const names = missing.map(({ apiName, apiVersion }) => `${apiName} ${apiVersion}`).join(', ');
    throw this.#refused(`the broker does not speak ${names}: use Apache Kafka 3.1 or newer`);
  }
}

const REFUSALS: ReadonlyMap<number, string> = new Map([
  [TOPIC_AUTHORIZATION_FAILED, 'this principal may not see the topic: grant it Describe and Read on it'],
  [INVALID_TOPIC, 'no topic can have this name'],
]);
