import type { Socket } from 'node:net';
import type { KafkaConnection } from '../kafka-connection.js';
import type { Address } from './address.js';
import type { ApiVersion } from './exchange.js';
import {
  Broker,
  type ConfigEntry,
  type Connection,
  type ConnectionPool,
  type Exchange,
  type GroupRequests,
  joinRequest,
  newConnection,
  type NewTopic,
  silent,
  type SocketRequest,
} from './kafkajs-internals.js';
import { openSocket } from './open-socket.js';

export const CONNECT_TIMEOUT_MS = 3_000;
export const REQUEST_TIMEOUT_MS = 10_000;
const TOPIC_RESOURCE = 2;

/**
 * One socket to one broker, connected and authenticated when it is given out. It is never connected again: who holds it
 * knows that nothing happened to the connection for as long as it is open.
 */
export class BrokerConnection {
  #socket: Socket | undefined;
  #lost: Error | undefined;
  #end: (reason: Error) => void = () => undefined;
  readonly #ended: Promise<never>;
  readonly #connection: Connection;
  readonly #broker: Broker;

  private constructor(
    readonly address: Address,
    settings: KafkaConnection,
  ) {
    this.#ended = new Promise((_, reject) => (this.#end = reject));
    this.#ended.catch(() => undefined); // Whoever opens it, or asks something, is told.
    this.#connection = newConnection({
      ...address,
      ssl: settings.ssl === true ? {} : settings.ssl || null,
      // A copy: kafkajs keeps its authenticator in it.
      sasl: settings.sasl ? { ...settings.sasl } : null,
      clientId: settings.clientId,
      connectionTimeout: settings.connectTimeoutMs ?? CONNECT_TIMEOUT_MS,
      requestTimeout: settings.requestTimeoutMs ?? REQUEST_TIMEOUT_MS,
      socketFactory: (request) => this.#open(request),
    });
    this.#broker = new Broker({
      connectionPool: this.#onlyConnection(settings),
      logger: silent,
      allowAutoTopicCreation: false,
    });
    // kafkajs would come again by itself, with the same data: a member's proof is about the id that it was given.
    this.#broker.joinGroup = (request) => this.#connection.send(joinRequest(request));
  }

  /** Rejects with what kafkajs says when the broker cannot be reached or refuses the credentials. */
  static async open(address: Address, settings: KafkaConnection): Promise<BrokerConnection> {
    const opened = new BrokerConnection(address, settings);
    try {
      // kafkajs does not notice a connection that ends before it is there.
      await Promise.race([opened.#broker.connect(), opened.#ended]);
      return opened;
    } catch (error) {
      opened.close();
      throw error;
    }
  }

  get isOpen(): boolean {
    return this.#lost === undefined && this.#connection.isConnected();
  }

  /** True when the broker speaks this version of a request. */
  speaks({ apiKey, apiVersion }: ApiVersion): boolean {
    const spoken = this.#broker.versions?.[apiKey];
    return spoken !== undefined && spoken.minVersion <= apiVersion && apiVersion <= spoken.maxVersion;
  }

  /** The answer, whatever error codes it carries. A connection that fails or does not answer in time is given up. */
  send<Answer>(exchange: Exchange<Answer>): Promise<Answer> {
    return this.#guarded(this.#connection.send(exchange));
  }

  /** As `send`, for what a consumer group's coordinator is asked; an error code that it answers is thrown. */
  ask<Answer>(question: (coordinator: GroupRequests) => Promise<Answer>): Promise<Answer> {
    return this.#guarded(question(this.#broker));
  }

  async topicConfig(topic: string): Promise<readonly ConfigEntry[]> {
    const resources = [{ type: TOPIC_RESOURCE, name: topic }];
    const described = await this.#guarded(this.#broker.describeConfigs({ resources }));
    return described.resources[0]?.configEntries ?? [];
  }

  async createTopic(topic: NewTopic, timeout: number): Promise<void> {
    await this.#guarded(this.#broker.createTopics({ topics: [topic], timeout }));
  }

  /** Ends it at once; what waits for an answer fails. Safe to repeat. */
  close(reason: Error = new Error('the connection was closed')): void {
    if (this.#lost) return;
    this.#lost = reason;
    this.#end(reason);
    this.#connection.rejectRequests(reason);
    this.#socket?.destroy();
    // Nothing is pending any more, so this only ends timers.
    void this.#connection.disconnect();
  }

  /** Where kafkajs's `Broker` keeps several connections and replaces them, there is this one. */
  #onlyConnection(settings: KafkaConnection): ConnectionPool {
    const connection = this.#connection;
    return {
      ...this.address,
      sasl: settings.sasl ? { ...settings.sasl } : null,
      connectionTimeout: settings.connectTimeoutMs ?? CONNECT_TIMEOUT_MS,
      isConnected: () => connection.isConnected(),
      isAuthenticated: () => connection.isAuthenticated(),
      getConnection: async () => {
        if (!connection.isConnected()) await connection.connect();
        return connection;
      },
      setVersions: (versions) => connection.setVersions(versions),
      setSupportAuthenticationProtocol: (isSupported) => connection.setSupportAuthenticationProtocol(isSupported),
      send: (exchange) => connection.send(exchange),
      destroy: () => Promise.resolve(this.close()),
    };
  }

  async #guarded<Answer>(answer: Promise<Answer>): Promise<Answer> {
    try {
      return await answer;
    } catch (error) {
      // An error that the broker answered leaves the connection as it is; after any other it is not known what state it has.
      if (!isAnswered(error)) this.close(error instanceof Error ? error : undefined);
      throw error;
    }
  }

  #open(request: SocketRequest): Socket {
    const socket = openSocket(request);
    let reason = new Error('the connection was lost');
    socket.once('error', (error) => (reason = error));
    // kafkajs hears of an end and of an error only.
    socket.once('close', () => this.close(reason));
    this.#socket = socket;
    return socket;
  }
}

const isAnswered = (error: unknown): boolean =>
  error instanceof Error && 'type' in error && typeof error.type === 'string';
