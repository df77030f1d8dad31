import type { Address } from './address.js';
import { type ApiVersion, exchange, NO_TAGS, skipTags, throttled } from './exchange.js';
import { type Decoder, Encoder, type Exchange } from './kafkajs-internals.js';

export const METADATA: ApiVersion = { apiKey: 3, apiVersion: 12, apiName: 'Metadata' };

export interface PartitionView {
  readonly partition: number;
  /** The leading broker's id; -1 where there is none. */
  readonly leader: number;
  /** Grows with every election. */
  readonly epoch: number;
  readonly replicas: number;
}

export interface TopicView {
  readonly errorCode: number;
  /** Another one for every topic that ever has this name. */
  readonly id: string;
  readonly brokers: ReadonlyMap<number, Address>;
  readonly controller: number;
  /** In the order of their numbers. */
  readonly partitions: readonly PartitionView[];
  /** Whether this principal may do what has this code among Kafka's operations. */
  readonly allows: (operation: number) => boolean;
}

/** A topic among all that this principal may see. */
export interface ListedTopic extends Omit<TopicView, 'brokers' | 'controller'> {
  readonly name: string;
  /** One of Kafka's own. */
  readonly isInternal: boolean;
}

export const READ_OPERATION = 3;
export const WRITE_OPERATION = 4;

/** Which brokers there are, and who leads the topic's partitions. */
export const metadataOf = (topic: string): Exchange<TopicView> =>
  exchange(
    METADATA,
    (encoder) =>
      encoder
        .writeInt8(NO_TAGS)
        .writeUVarIntArray([new Encoder().writeBuffer(NO_ID).writeUVarIntString(topic).writeInt8(NO_TAGS)])
        .writeBoolean(false) // not to be made by asking for it
        .writeBoolean(true) // and say what this principal may do with it
        .writeInt8(NO_TAGS),
    readView,
  );

/** All topics of the cluster that this principal may see. */
export const allTopics = (): Exchange<{ readonly topics: readonly ListedTopic[] }> =>
  exchange(
    METADATA,
    (encoder) =>
      encoder.writeInt8(NO_TAGS).writeUVarIntArray(null).writeBoolean(false).writeBoolean(true).writeInt8(NO_TAGS),
    readTopics,
  );

const NO_ID = Buffer.alloc(16);

const readView = (decoder: Decoder): TopicView => {
  const { topics, ...cluster } = readTopics(decoder);
  const { errorCode, id, partitions, allows } = topics[0] ?? NO_TOPIC;
  return { errorCode, id, partitions, allows, ...cluster };
};

const NO_TOPIC: Omit<TopicView, 'brokers' | 'controller'> = {
  errorCode: 0,
  id: '',
  partitions: [],
  allows: () => false,
};

const readTopics = (decoder: Decoder) => {
  skipTags(decoder);
  const waitMs = decoder.readInt32();
  const brokers = new Map(decoder.readUVarIntArray(readBroker));
  decoder.readUVarIntString(); // the cluster's id
  const controller = decoder.readInt32();
  return throttled(waitMs, { topics: decoder.readUVarIntArray(readTopic), brokers, controller });
};

const readBroker = (decoder: Decoder): [number, Address] => {
  const id = decoder.readInt32();
  const address = { host: decoder.readUVarIntString() ?? '', port: decoder.readInt32() };
  decoder.readUVarIntString(); // its rack
  skipTags(decoder);
  return [id, address];
};

const readTopic = (decoder: Decoder): ListedTopic => {
  const errorCode = decoder.readInt16();
  const name = decoder.readUVarIntString() ?? '';
  const id = decoder.readBytes(16).toString('hex');
  const isInternal = decoder.readBoolean();
  const partitions = decoder.readUVarIntArray(readPartition);
  const operations = decoder.readInt32();
  skipTags(decoder);
  const allows = (operation: number): boolean => (operations & (1 << operation)) !== 0;
  return { name, isInternal, errorCode, id, partitions: partitions.sort((a, b) => a.partition - b.partition), allows };
};

const readPartition = (decoder: Decoder): PartitionView => {
  decoder.readInt16(); // an error, which no leader says as well
  const partition = decoder.readInt32();
  const leader = decoder.readInt32();
  const epoch = decoder.readInt32();
  const replicas = decoder.readUVarIntArray(readInt32).length;
  decoder.readUVarIntArray(readInt32); // in sync
  decoder.readUVarIntArray(readInt32); // offline
  skipTags(decoder);
  return { partition, leader, epoch, replicas };
};

const readInt32 = (decoder: Decoder): number => decoder.readInt32();
