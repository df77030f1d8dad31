import { type ApiVersion, exchange, int64, only, throttled } from './exchange.js';
import { type Decoder, Encoder, type Exchange } from './kafkajs-internals.js';

// From version 5 on a new leader says that it does not know the end yet, instead of naming one that lies before what was
// acknowledged.
export const LIST_OFFSETS: ApiVersion = { apiKey: 2, apiVersion: 5, apiName: 'ListOffsets' };

const EARLIEST = -2;
const LATEST = -1;
const CONSUMER = -1;
const READ_UNCOMMITTED = 0;

export interface OffsetQuestion {
  readonly topic: string;
  readonly partition: number;
  /** The election that the asking side knows of; a broker that was led past it, or has not heard of it, says so. */
  readonly epoch: number;
}

export interface OffsetAnswer {
  readonly errorCode: number;
  readonly offset: number;
}

export const earliestOffset = (question: OffsetQuestion): Exchange<OffsetAnswer> => listOffsets(question, EARLIEST);

/** Behind everything that was acknowledged before the question was asked. */
export const latestOffset = (question: OffsetQuestion): Exchange<OffsetAnswer> => listOffsets(question, LATEST);

const listOffsets = ({ topic, partition, epoch }: OffsetQuestion, which: number): Exchange<OffsetAnswer> =>
  exchange(
    LIST_OFFSETS,
    (encoder) => {
      const ofPartition = new Encoder().writeInt32(partition).writeInt32(epoch).writeInt64(which);
      const ofTopic = new Encoder().writeString(topic).writeArray([ofPartition]);
      return encoder.writeInt32(CONSUMER).writeInt8(READ_UNCOMMITTED).writeArray([ofTopic]);
    },
    (decoder) => {
      const waitMs = decoder.readInt32();
      return throttled(waitMs, only(decoder.readArray(readTopic)));
    },
  );

const readTopic = (decoder: Decoder): { partitions: OffsetAnswer[] } => {
  decoder.readString();
  return { partitions: decoder.readArray(readPartition) };
};

const readPartition = (decoder: Decoder): OffsetAnswer => {
  decoder.readInt32(); // the partition
  const errorCode = decoder.readInt16();
  decoder.readInt64(); // a time
  const offset = int64(decoder);
  decoder.readInt32(); // the election it was written under
  return { errorCode, offset };
};
