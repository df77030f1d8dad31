import { type ApiVersion, exchange, int64, only } from './exchange.js';
import { type Decoder, Encoder, type Exchange } from './kafkajs-internals.js';

export const PRODUCE: ApiVersion = { apiKey: 0, apiVersion: 7, apiName: 'Produce' };

const ALL_IN_SYNC = -1;

export interface ProduceRequest {
  readonly topic: string;
  readonly partition: number;
  /** One record batch. */
  readonly batch: Buffer;
  /** How long the broker waits for the replicas. */
  readonly timeoutMs: number;
}

export interface Produced {
  readonly errorCode: number;
  readonly firstOffset: number;
}

export const produce = ({ topic, partition, batch, timeoutMs }: ProduceRequest): Exchange<Produced> =>
  exchange(
    PRODUCE,
    (encoder) => {
      const toPartition = new Encoder(batch.length + 8).writeInt32(partition).writeBytes(batch);
      const toTopic = new Encoder(batch.length + 512).writeString(topic).writeArray([toPartition]);
      return encoder.writeString(null).writeInt16(ALL_IN_SYNC).writeInt32(timeoutMs).writeArray([toTopic]);
    },
    (decoder) => only(decoder.readArray(readTopic)),
  );

const readTopic = (decoder: Decoder): { partitions: Produced[] } => {
  decoder.readString();
  return { partitions: decoder.readArray(readPartition) };
};

const readPartition = (decoder: Decoder): Produced => {
  decoder.readInt32(); // the partition
  const errorCode = decoder.readInt16();
  const firstOffset = int64(decoder);
  decoder.readInt64(); // when it was appended
  decoder.readInt64(); // where the log starts
  return { errorCode, firstOffset };
};
