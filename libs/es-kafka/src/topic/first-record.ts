import { EsError, LogUnavailable } from '@ledgerline/es-core';
import type { StoredRecord } from '@ledgerline/es-core/adapter';
import { BatchDamaged } from '../record-batch/batches-in.js';
import { decodeBatches, OffsetMissing } from '../record-batch/decode-batches.js';
import type { Cluster } from '../wire/cluster.js';
import { type FetchAnswer, fetchRecords } from '../wire/fetch.js';
import { OFFSET_OUT_OF_RANGE, TOPIC_AUTHORIZATION_FAILED, UNKNOWN_TOPIC_OR_PARTITION } from '../wire/kafka-failure.js';
import { errorName } from '../wire/kafkajs-internals.js';
import type { ListedTopic } from '../wire/metadata.js';

type Topic = Pick<ListedTopic, 'name' | 'errorCode' | 'partitions'>;

/** A broker hands out the first batch whole, however large it is. */
const FIRST_BYTES = 1;

/** Its beginning is lost, it was deleted, or it was taken from us, a moment ago. */
const NOTHING_THERE: ReadonlySet<number> = new Set([
  OFFSET_OUT_OF_RANGE,
  UNKNOWN_TOPIC_OR_PARTITION,
  TOPIC_AUTHORIZATION_FAILED,
]);

/**
 * The first record of the topic's partition 0; undefined where it holds none at offset 0. An election, or a broker that went since the
 * topic was listed, is no reason to fail: it is asked once more, of whoever leads by then.
 * @throws LogUnavailable, LogMisconfigured
 */
export const firstRecordOf = async (cluster: Cluster, topic: Topic): Promise<StoredRecord | undefined> => {
  try {
    return await look(cluster, topic);
  } catch (error) {
    if (!(error instanceof LogUnavailable)) throw error;
    cluster.doubt();
    return await look(cluster, { ...(await cluster.viewOf(topic.name)), name: topic.name });
  }
};

const look = async (cluster: Cluster, topic: Topic): Promise<StoredRecord | undefined> => {
  if (NOTHING_THERE.has(topic.errorCode)) return undefined;
  const { errorCode, partitions } = await fetchFirst(cluster, topic);
  const [answer] = partitions;
  const code = answer?.errorCode ?? errorCode;
  if (NOTHING_THERE.has(code)) return undefined;
  if (code !== 0 || !answer) throw unreadable(topic.name, `the broker answered ${errorName(code)}`);
  return firstRecordIn(topic.name, answer.bytes);
};

const fetchFirst = async (cluster: Cluster, { name, partitions }: Topic): Promise<FetchAnswer> => {
  const { partition, leader = -1, epoch = -1 } = partitions[0] ?? { partition: 0 };
  const from = [{ partition, offset: 0, epoch, maxBytes: FIRST_BYTES }];
  if (leader < 0) throw unreadable(name, 'it has no leader');
  try {
    const connection = await cluster.broker(leader);
    return await connection.send(fetchRecords({ topic: name, from, maxWaitMs: 0, maxBytes: FIRST_BYTES }));
  } catch (cause) {
    if (cause instanceof EsError && !cause.retriable) throw cause;
    throw unreadable(name, 'its leader does not answer', cause);
  }
};

/** Compaction takes first records from topics of others. */
const firstRecordIn = (topic: string, bytes: Buffer): StoredRecord | undefined => {
  if (bytes.length === 0) return undefined;
  try {
    return decodeBatches(bytes, 0).records[0];
  } catch (cause) {
    if (cause instanceof OffsetMissing) return undefined;
    if (cause instanceof BatchDamaged) throw unreadable(topic, 'it is damaged', cause);
    throw cause;
  }
};

const unreadable = (topic: string, reason: string, cause?: unknown): LogUnavailable =>
  new LogUnavailable(`the first record of topic ${topic} cannot be read: ${reason}`, { topic }, { cause });
