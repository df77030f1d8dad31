import type { Kafka } from 'kafkajs';
import { int64 } from '../wire/exchange.js';
import { type ConsumerFetch, Decoder, decodeFetchesBy } from '../wire/kafkajs-internals.js';
import { type Allowance, decodeMessages } from './decode-messages.js';

/** What one answer may bring into memory, all its partitions together. The rest is fetched again. */
const MOST_BYTES = 32 * 1024 * 1024;
const MOST_MESSAGES = 2_000;

/**
 * Has consumers of this client read whatever Kafka's clients send: gzip, snappy, lz4 and zstd, a batch up to 16 MB unpacked, an answer
 * up to 32 MB and 2,000 messages. A batch that cannot be read is one message in the place of all of its own, which
 * `refusalOf` knows; it stops nothing.
 */
export const withBoundedFetching = (client: Kafka): Kafka =>
  decodeFetchesBy(client, (payload, fetch) => decodeAnswer(new Decoder(payload), fetch));

/** Of version 11, the newest that kafkajs asks for; the log is read in no other. */
const decodeAnswer = async (decoder: Decoder, fetch: ConsumerFetch): Promise<unknown> => {
  const clientSideThrottleTime = decoder.readInt32();
  const errorCode = decoder.readInt16();
  const sessionId = decoder.readInt32();
  const topics = decoder.readArray(readTopic);
  const allowance: Allowance = { bytes: MOST_BYTES, messages: MOST_MESSAGES };
  const responses: unknown[] = [];
  for (const { topicName, partitions } of topics) {
    const decoded: unknown[] = [];
    for (const { bytes, ...partition } of partitions)
      decoded.push({
        ...partition,
        messages: await decodeMessages(bytes, offsetOf(fetch, topicName, partition.partition), allowance),
      });
    responses.push({ topicName, partitions: decoded });
  }
  return { throttleTime: 0, clientSideThrottleTime, errorCode, sessionId, responses };
};

const offsetOf = ({ topics }: ConsumerFetch, name: string | null, partition: number): number => {
  const asked = topics.find(({ topic }) => topic === name)?.partitions.find((one) => one.partition === partition);
  return Number(asked?.fetchOffset ?? 0);
};

const readTopic = (decoder: Decoder) => ({
  topicName: decoder.readString(),
  partitions: decoder.readArray(readPartition),
});

const readPartition = (decoder: Decoder) => ({
  partition: decoder.readInt32(),
  errorCode: decoder.readInt16(),
  highWatermark: String(int64(decoder)),
  lastStableOffset: String(int64(decoder)),
  lastStartOffset: String(int64(decoder)),
  abortedTransactions: decoder.readArray(readAborted),
  preferredReadReplica: decoder.readInt32(),
  bytes: readSized(decoder),
});

const readAborted = (decoder: Decoder) => ({
  producerId: String(decoder.readInt64()),
  firstOffset: String(decoder.readInt64()),
});

const readSized = (decoder: Decoder): Buffer => {
  const size = decoder.readInt32();
  return size > 0 ? decoder.readBytes(size) : Buffer.alloc(0);
};
