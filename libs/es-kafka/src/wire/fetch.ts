import { type ApiVersion, exchange, int64, throttled } from './exchange.js';
import { type Decoder, Encoder, type Exchange } from './kafkajs-internals.js';

export const FETCH: ApiVersion = { apiKey: 1, apiVersion: 11, apiName: 'Fetch' };

const CONSUMER = -1;
// Aborted records are noise like any other; `read_committed` would only hold everything back behind an open transaction.
const READ_UNCOMMITTED = 0;
const NO_SESSION = { id: 0, epoch: -1 };
const MIN_BYTES = 1;

export interface FetchFrom {
  readonly partition: number;
  readonly offset: number;
  /** The election that the asking side knows of; a broker that was led past it, or has not heard of it, says so. */
  readonly epoch: number;
  readonly maxBytes: number;
}

export interface FetchRequest {
  readonly topic: string;
  /** Each partition once. */
  readonly from: readonly FetchFrom[];
  /** How long the broker waits where there is nothing. */
  readonly maxWaitMs: number;
  readonly maxBytes: number;
}

export interface Fetched {
  readonly partition: number;
  readonly errorCode: number;
  /** Behind the last record that readers may see. */
  readonly end: number;
  /** Record batches; the first one may begin before the offset that was asked for, the last one may be cut off. */
  readonly bytes: Buffer;
}

export interface FetchAnswer {
  /** Of the request as a whole. */
  readonly errorCode: number;
  readonly partitions: readonly Fetched[];
}

export const fetchRecords = ({ topic, from, maxWaitMs, maxBytes }: FetchRequest): Exchange<FetchAnswer> =>
  exchange(
    FETCH,
    (encoder) =>
      encoder
        .writeInt32(CONSUMER)
        .writeInt32(maxWaitMs)
        .writeInt32(MIN_BYTES)
        .writeInt32(maxBytes)
        .writeInt8(READ_UNCOMMITTED)
        .writeInt32(NO_SESSION.id)
        .writeInt32(NO_SESSION.epoch)
        .writeArray([new Encoder().writeString(topic).writeArray(from.map(writePartition))])
        .writeArray([]) // nothing to forget: there is no session
        .writeString(''), // no rack: from the leader
    (decoder) => {
      const waitMs = decoder.readInt32();
      const errorCode = decoder.readInt16();
      decoder.readInt32(); // the session
      return throttled(waitMs, { errorCode, partitions: decoder.readArray(readTopic).flat() });
    },
  );

const writePartition = ({ partition, epoch, offset, maxBytes }: FetchFrom): Encoder =>
  new Encoder().writeInt32(partition).writeInt32(epoch).writeInt64(offset).writeInt64(-1).writeInt32(maxBytes);

const readTopic = (decoder: Decoder): Fetched[] => {
  decoder.readString();
  return decoder.readArray(readPartition);
};

const readPartition = (decoder: Decoder): Fetched => {
  const partition = decoder.readInt32();
  const errorCode = decoder.readInt16();
  const end = int64(decoder);
  decoder.readInt64(); // behind the last record of an ended transaction
  decoder.readInt64(); // where the log starts
  decoder.readArray(readAborted);
  decoder.readInt32(); // a replica to read from
  const size = decoder.readInt32();
  return { partition, errorCode, end, bytes: size > 0 ? decoder.readBytes(size) : EMPTY };
};

const readAborted = (decoder: Decoder): void => {
  decoder.readInt64();
  decoder.readInt64();
};

const EMPTY = Buffer.alloc(0);
