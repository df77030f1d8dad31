import type { Address } from './broker-connection.js';
import { type ApiVersion, exchange } from './exchange.js';
import type { Decoder, Exchange } from './kafkajs-internals.js';

export const METADATA: ApiVersion = { apiKey: 3, apiVersion: 7, apiName: 'Metadata' };

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
  readonly brokers: ReadonlyMap<number, Address>;
  readonly controller: number;
  /** In the order of their numbers. */
  readonly partitions: readonly PartitionView[];
}

/** Which brokers there are, and who leads the topic's partitions. */
export const metadataOf = (topic: string): Exchange<TopicView> =>
  exchange(METADATA, (encoder) => encoder.writeArray([topic]).writeBoolean(false), readView);

const readView = (decoder: Decoder): TopicView => {
  decoder.readInt32(); // how long the broker made us wait
  const brokers = new Map(decoder.readArray(readBroker));
  decoder.readString(); // the cluster's id
  const controller = decoder.readInt32();
  const [topic] = decoder.readArray(readTopic);
  return { errorCode: topic?.errorCode ?? 0, brokers, controller, partitions: topic?.partitions ?? [] };
};

const readBroker = (decoder: Decoder): [number, Address] => {
  const id = decoder.readInt32();
  const address = { host: decoder.readString() ?? '', port: decoder.readInt32() };
  decoder.readString(); // its rack
  return [id, address];
};

const readTopic = (decoder: Decoder): { errorCode: number; partitions: PartitionView[] } => {
  const errorCode = decoder.readInt16();
  decoder.readString(); // its name
  decoder.readBoolean(); // whether it is one of Kafka's own
  const partitions = decoder.readArray(readPartition);
  return { errorCode, partitions: partitions.sort((a, b) => a.partition - b.partition) };
};

const readPartition = (decoder: Decoder): PartitionView => {
  decoder.readInt16(); // an error, which no leader says as well
  const partition = decoder.readInt32();
  const leader = decoder.readInt32();
  const epoch = decoder.readInt32();
  const replicas = decoder.readArray(readInt32).length;
  decoder.readArray(readInt32); // in sync
  decoder.readArray(readInt32); // offline
  return { partition, leader, epoch, replicas };
};

const readInt32 = (decoder: Decoder): number => decoder.readInt32();
