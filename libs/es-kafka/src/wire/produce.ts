import { type ApiVersion, exchange, int64, NO_TAGS, only, skipTags, throttled } from './exchange.js';
import { type Decoder, Encoder, type Exchange } from './kafkajs-internals.js';

export const PRODUCE: ApiVersion = { apiKey: 0, apiVersion: 7, apiName: 'Produce' };

/**
 * Kafka 4.1 and newer: names the topic by its id, so that nothing is appended to another topic of the same name. A topic that was
 * replaced by one of the same length is not noticed by offsets.
 */
export const PRODUCE_BY_ID: ApiVersion = { ...PRODUCE, apiVersion: 13 };

const ALL_IN_SYNC = -1;

export interface ProduceRequest {
  readonly topic: string;
  readonly topicId: string;
  readonly partition: number;
  /** One record batch. */
  readonly batch: Buffer;
  /** How long the broker waits for the replicas. */
  readonly timeoutMs: number;
}

export interface Produced {
  readonly errorCode: number;
  readonly firstOffset: number;
  /** When the broker stored it, by its clock; undefined where the topic keeps the time that it was sent with. */
  readonly appendedAt: number | undefined;
}

export const produceByName = ({ topic, partition, batch, timeoutMs }: ProduceRequest): Exchange<Produced> =>
  exchange(
    PRODUCE,
    (encoder) => {
      const toPartition = new Encoder(batch.length + 8).writeInt32(partition).writeBytes(batch);
      const toTopic = new Encoder(batch.length + 512).writeString(topic).writeArray([toPartition]);
      return encoder.writeString(null).writeInt16(ALL_IN_SYNC).writeInt32(timeoutMs).writeArray([toTopic]);
    },
    (decoder) => {
      const produced = only(decoder.readArray(readTopic));
      return throttled(decoder.readInt32(), produced);
    },
  );

const readTopic = (decoder: Decoder): { partitions: Produced[] } => {
  decoder.readString();
  return { partitions: decoder.readArray(readPartition) };
};

const readPartition = (decoder: Decoder): Produced => {
  decoder.readInt32(); // the partition
  const errorCode = decoder.readInt16();
  const firstOffset = int64(decoder);
  const appendedAt = int64(decoder);
  decoder.readInt64(); // where the log starts
  return { errorCode, firstOffset, appendedAt: appendedAt < 0 ? undefined : appendedAt };
};

export const produceById = ({ topicId, partition, batch, timeoutMs }: ProduceRequest): Exchange<Produced> =>
  exchange(
    PRODUCE_BY_ID,
    (encoder) => {
      const { length } = batch;
      const toPartition = new Encoder(length + 16).writeInt32(partition).writeUVarIntBytes(batch).writeInt8(NO_TAGS);
      const id = Buffer.from(topicId, 'hex');
      const toTopic = new Encoder(length + 64).writeBuffer(id).writeUVarIntArray([toPartition]).writeInt8(NO_TAGS);
      return encoder
        .writeInt8(NO_TAGS)
        .writeUVarIntString(null)
        .writeInt16(ALL_IN_SYNC)
        .writeInt32(timeoutMs)
        .writeUVarIntArray([toTopic])
        .writeInt8(NO_TAGS);
    },
    (decoder) => {
      skipTags(decoder);
      const produced = only(decoder.readUVarIntArray(readTopicById));
      return throttled(decoder.readInt32(), produced);
    },
  );

const readTopicById = (decoder: Decoder): { partitions: Produced[] } => {
  decoder.readBytes(16);
  const partitions = decoder.readUVarIntArray(readPartitionById);
  skipTags(decoder);
  return { partitions };
};

const readPartitionById = (decoder: Decoder): Produced => {
  const produced = readPartition(decoder);
  decoder.readUVarIntArray(skipRecordError);
  decoder.readUVarIntString(); // what is wrong, for people
  skipTags(decoder);
  return produced;
};

const skipRecordError = (decoder: Decoder): void => {
  decoder.readInt32();
  decoder.readUVarIntString();
  skipTags(decoder);
};
