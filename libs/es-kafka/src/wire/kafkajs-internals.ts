import { createRequire } from 'node:module';
import type { Socket } from 'node:net';
import type { ConnectionOptions } from 'node:tls';

/**
 * The one place that reaches into kafkajs, past its public interface: its connections (framing, TLS, SASL), the requests that
 * are not worth writing again, and its byte codecs. The log is read and written without its producer and consumer, for which
 * docs/adr/0006 says why; where Nest takes messages with its consumer, that decodes by `decodeFetchesBy`.
 */
const PINNED = '2.2.4';
const load = createRequire(import.meta.url);
const { version } = load('kafkajs/package.json') as { version: string };
if (version !== PINNED)
  throw new Error(
    `es-kafka is made for the inside of kafkajs ${PINNED}, and found ${version}: install the pinned version`,
  );

export interface Encoder {
  readonly buffer: Buffer;
  writeInt8(value: number): this;
  writeBoolean(value: boolean): this;
  writeInt16(value: number): this;
  writeInt32(value: number): this;
  writeInt64(value: number): this;
  writeString(value: string | null): this;
  writeBytes(value: Buffer): this;
  writeBuffer(value: Buffer): this;
  writeArray(items: readonly (Encoder | string | number)[]): this;
  // As newer versions have them, one longer than they are:
  writeUVarIntString(value: string | null): this;
  writeUVarIntBytes(value: Buffer): this;
  writeUVarIntArray(items: readonly Encoder[] | null): this;
}

export interface Decoder {
  readInt8(): number;
  readBoolean(): boolean;
  readInt16(): number;
  readInt32(): number;
  readInt64(): bigint;
  readString(): string | null;
  readBytes(length: number): Buffer;
  readArray<T>(read: (decoder: Decoder) => T): T[];
  readUVarInt(): number;
  readUVarIntString(): string | null;
  readUVarIntArray<T>(read: (decoder: Decoder) => T): T[];
}

/** A request and the way to read its answer. */
export interface Exchange<Answer> {
  readonly request: {
    readonly apiKey: number;
    readonly apiVersion: number;
    readonly apiName: string;
    encode(): Encoder;
  };
  readonly response: {
    decode(payload: Buffer): Promise<Answer>;
    parse(decoded: Answer): Answer;
  };
}

interface Logger {
  namespace(name: string): Logger;
  debug(): void;
  info(): void;
  warn(): void;
  error(): void;
}

export interface SocketRequest {
  readonly host: string;
  readonly port: number;
  readonly ssl: ConnectionOptions | null;
  onConnect(): void;
}

export interface ConnectionSettings {
  readonly host: string;
  readonly port: number;
  readonly ssl: ConnectionOptions | null;
  readonly sasl: Record<string, unknown> | null;
  readonly clientId: string;
  readonly connectionTimeout: number;
  readonly requestTimeout: number;
  readonly reauthenticationThreshold: number;
  readonly logger: Logger;
  socketFactory(request: SocketRequest): Socket;
}

/** What waits to be sent on a connection, because the broker has asked for silence. */
interface RequestQueue {
  readonly pending: unknown[];
  /** It clears this timer where it ends. */
  throttleCheckTimeoutId: NodeJS.Timeout | null;
  maybeThrottle(forMs: number | null | undefined): void;
  canSendSocketRequestImmediately(): boolean;
  scheduleCheckPendingRequests(): void;
  checkPendingRequests(): void;
}

/** One socket. Never used again once it was lost: kafkajs would read the rest of a torn answer as a new one. */
export interface Connection {
  readonly requestQueue: RequestQueue;
  isConnected(): boolean;
  isAuthenticated(): boolean;
  connect(): Promise<unknown>;
  send<Answer>(exchange: Exchange<Answer>): Promise<Answer>;
  setVersions(versions: Versions): void;
  setSupportAuthenticationProtocol(isSupported: boolean): void;
  rejectRequests(error: Error): void;
  disconnect(): Promise<unknown>;
}

export type Versions = Readonly<Record<number, { readonly minVersion: number; readonly maxVersion: number }>>;

/** What a `Broker` uses of kafkajs's pool of connections. */
export interface ConnectionPool {
  readonly host: string;
  readonly port: number;
  readonly sasl: Record<string, unknown> | null;
  readonly connectionTimeout: number;
  isConnected(): boolean;
  isAuthenticated(): boolean;
  getConnection(): Promise<Connection>;
  setVersions(versions: Versions): void;
  setSupportAuthenticationProtocol(isSupported: boolean): void;
  send<Answer>(exchange: Exchange<Answer>): Promise<Answer>;
  destroy(): Promise<void>;
}

export interface ConfigEntry {
  readonly configName: string;
  readonly configValue: string | null;
}

export interface NewTopic {
  readonly topic: string;
  readonly numPartitions: number;
  readonly replicationFactor: number;
  readonly configEntries: readonly { readonly name: string; readonly value: string }[];
}

/** What a consumer group's coordinator is asked. Every answer with an error code is thrown, with Kafka's name of it as `type`. */
export interface GroupRequests {
  findGroupCoordinator(request: {
    readonly groupId: string;
    readonly coordinatorType: number;
  }): Promise<{ readonly coordinator: { readonly host: string; readonly port: number } }>;
  joinGroup(request: {
    readonly groupId: string;
    readonly sessionTimeout: number;
    readonly rebalanceTimeout: number;
    readonly memberId: string;
    readonly groupProtocols: readonly { readonly name: string; readonly metadata: Buffer }[];
  }): Promise<{
    readonly generationId: number;
    readonly leaderId: string;
    readonly memberId: string;
    /** Empty but for the leader. */
    readonly members: readonly { readonly memberId: string; readonly memberMetadata: Buffer }[];
  }>;
  syncGroup(request: {
    readonly groupId: string;
    readonly generationId: number;
    readonly memberId: string;
    readonly groupAssignment: readonly { readonly memberId: string; readonly memberAssignment: Buffer }[];
  }): Promise<{ readonly memberAssignment: Buffer }>;
  heartbeat(request: {
    readonly groupId: string;
    readonly groupGenerationId: number;
    readonly memberId: string;
  }): Promise<unknown>;
  /** Only groups without members. */
  deleteGroups(groupIds: readonly string[]): Promise<{ readonly results: readonly { readonly error?: Error }[] }>;
  leaveGroup(request: { readonly groupId: string; readonly memberId: string }): Promise<unknown>;
  offsetCommit(request: {
    readonly groupId: string;
    readonly groupGenerationId: number;
    readonly memberId: string;
    readonly topics: readonly {
      readonly topic: string;
      readonly partitions: readonly {
        readonly partition: number;
        readonly offset: string;
        readonly metadata: string;
      }[];
    }[];
  }): Promise<unknown>;
  offsetFetch(request: {
    readonly groupId: string;
    readonly topics: readonly {
      readonly topic: string;
      readonly partitions: readonly { readonly partition: number }[];
    }[];
  }): Promise<{
    readonly responses: readonly {
      readonly partitions: readonly { readonly partition: number; readonly metadata: string | null }[];
    }[];
  }>;
}

export interface Broker extends GroupRequests {
  readonly versions: Versions | null;
  /** Connects, learns the broker's versions, and authenticates. */
  connect(): Promise<void>;
  describeConfigs(request: {
    readonly resources: readonly { readonly type: number; readonly name: string }[];
  }): Promise<{ readonly resources: readonly { readonly configEntries: readonly ConfigEntry[] }[] }>;
  createTopics(request: { readonly topics: readonly NewTopic[]; readonly timeout: number }): Promise<unknown>;
}

const inside = <T>(path: string): T => load(`kafkajs/src/${path}`) as T;

export const Encoder = inside<new (initialSize?: number) => Encoder>('protocol/encoder');
export const Decoder = inside<new (bytes: Buffer) => Decoder>('protocol/decoder');
const KafkaJsConnection = inside<new (settings: ConnectionSettings) => Connection>('network/connection');
export const Broker =
  inside<
    new (options: {
      readonly connectionPool: ConnectionPool;
      readonly logger: Logger;
      readonly allowAutoTopicCreation: boolean;
    }) => Broker
  >('broker');

/** What a consumer of kafkajs asks a broker for. */
export interface ConsumerFetch {
  readonly topics: readonly {
    readonly topic: string;
    readonly partitions: readonly { readonly partition: number; readonly fetchOffset: string }[];
  }[];
}

type AskFetch = (fetch: ConsumerFetch) => Exchange<unknown>;

interface FetchingBroker {
  fetch: (fetch: ConsumerFetch) => Promise<unknown>;
  lookupRequest: (...asked: readonly unknown[]) => AskFetch;
}

interface ClusterOfClient {
  findBroker: (where: unknown) => Promise<FetchingBroker>;
}

/**
 * Has the consumers of this client, and of no other, read what brokers answer to their fetches by `decode`: their own reading makes
 * all of it into memory whatever it unpacks to, does so only for gzip, and fails for good where anything does not decode.
 */
export const decodeFetchesBy = <Client extends object>(
  client: Client,
  decode: (payload: Buffer, fetch: ConsumerFetch) => Promise<unknown>,
): Client => {
  const symbol = Object.getOwnPropertySymbols(client).find((one) => one.description === 'private:Kafka:createCluster');
  if (!symbol) throw new Error('this is no client of kafkajs');
  const inside = client as Record<symbol, (options: unknown) => ClusterOfClient>;
  const createCluster = inside[symbol] as (options: unknown) => ClusterOfClient;
  inside[symbol] = (options) => {
    const cluster = createCluster(options);
    const findBroker = cluster.findBroker.bind(cluster);
    cluster.findBroker = async (where) => decodingBy(decode, await findBroker(where));
    return cluster;
  };
  return client;
};

const decodingBy = (
  decode: (payload: Buffer, fetch: ConsumerFetch) => Promise<unknown>,
  broker: FetchingBroker,
): FetchingBroker => {
  if (Object.hasOwn(broker, 'fetch')) return broker;
  const { fetch } = broker;
  broker.fetch = (asked) => {
    const lookupRequest = (...key: readonly unknown[]): AskFetch => {
      const ask = broker.lookupRequest(...key);
      return (shuffled) => {
        const { response, ...exchange } = ask(shuffled);
        return { ...exchange, response: { ...response, decode: (payload) => decode(payload, asked) } };
      };
    };
    return fetch.call(Object.create(broker, { lookupRequest: { value: lookupRequest } }) as FetchingBroker, asked);
  };
  return broker;
};

type JoinRequest = Parameters<GroupRequests['joinGroup']>[0];
type Joined = Awaited<ReturnType<GroupRequests['joinGroup']>>;
const joinRequests = inside<{
  protocol(of: {
    readonly version: number;
  }): (request: JoinRequest & { readonly protocolType: string }) => Exchange<Joined>;
}>('protocol/requests/joinGroup');

/** Every broker since Kafka 2.3 speaks it. One that asks a new member to come again with the id that it names throws that. */
export const joinRequest = (request: JoinRequest): Exchange<Joined> =>
  joinRequests.protocol({ version: 5 })({ ...request, protocolType: 'consumer' });

/** How consumers of any client write what they want and what they are given, so that Kafka's own tools can read it. */
export interface ConsumerProtocol {
  readonly MemberMetadata: {
    encode(metadata: {
      readonly version: number;
      readonly topics: readonly string[];
      readonly userData: Buffer;
    }): Buffer;
    decode(bytes: Buffer): { readonly userData: Buffer };
  };
  readonly MemberAssignment: {
    encode(assignment: {
      readonly version: number;
      readonly assignment: Readonly<Record<string, readonly number[]>>;
      readonly userData: Buffer;
    }): Buffer;
    decode(
      bytes: Buffer,
    ): { readonly assignment: Readonly<Record<string, readonly number[]>>; readonly userData: Buffer } | null;
  };
}
export const { MemberMetadata, MemberAssignment } = inside<ConsumerProtocol>('consumer/assignerProtocol');

const { errorCodes } = inside<{ errorCodes: readonly { readonly type: string; readonly code: number }[] }>(
  'protocol/error',
);
const ERROR_NAMES: ReadonlyMap<number, string> = new Map(errorCodes.map(({ code, type }) => [code, type]));

/** Kafka's name of an error code. */
export const errorName = (code: number): string => NEWER_NAMES.get(code) ?? ERROR_NAMES.get(code) ?? `error ${code}`;

const NEWER_NAMES: ReadonlyMap<number, string> = new Map([
  [6, 'NOT_LEADER_OR_FOLLOWER'],
  [100, 'UNKNOWN_TOPIC_ID'],
]);

/** kafkajs logs addresses, payload sizes and, where told to, payloads. What matters of it comes as errors. */
export const silent: Logger = {
  namespace: () => silent,
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
};

/**
 * So long before the end of its session kafkajs authenticates a connection again: never. It takes whatever is answered meanwhile for the
 * answer to that, and connections here always wait for something. The broker ends the connection, and another one is opened.
 */
export const NEVER_REAUTHENTICATE = -Number.MAX_SAFE_INTEGER;

export const newConnection = (
  settings: Omit<ConnectionSettings, 'logger' | 'reauthenticationThreshold'>,
): Connection => {
  const own = { reauthenticationThreshold: NEVER_REAUTHENTICATE, logger: silent };
  const connection = new KafkaJsConnection({ ...settings, ...own });
  throttleByMonotonicClock(connection.requestQueue);
  return connection;
};

/**
 * As they are, they reckon with a clock that people set: set back meanwhile, nothing would be sent until it is as late again. And they
 * set a timer of one millisecond after the first answer, for ever: a percent of a core per connection.
 */
const throttleByMonotonicClock = (queue: RequestQueue): void => {
  let silentUntil = 0;
  const silentForMs = (): number => silentUntil - performance.now();
  queue.maybeThrottle = (forMs) => (silentUntil = Math.max(silentUntil, performance.now() + (forMs ?? 0)));
  queue.canSendSocketRequestImmediately = () => silentForMs() <= 0;
  queue.scheduleCheckPendingRequests = () => {
    if (queue.pending.length === 0 || queue.throttleCheckTimeoutId) return;
    queue.throttleCheckTimeoutId = setTimeout(() => {
      queue.throttleCheckTimeoutId = null;
      queue.checkPendingRequests();
    }, silentForMs());
  };
};
