import { genesisIn, LogUnavailable, type StoredRecord } from '@ledgerline/es-core';
import { type KafkaConnection, nameOnCluster } from '../kafka-connection.js';
import { BatchDamaged } from '../record-batch/batches-in.js';
import { decodeBatches, OffsetMissing } from '../record-batch/decode-batches.js';
import { Cluster } from '../wire/cluster.js';
import { fetchRecords } from '../wire/fetch.js';
import { OFFSET_OUT_OF_RANGE, readFailure, TOPIC_AUTHORIZATION_FAILED } from '../wire/kafka-failure.js';
import { type ListedTopic, READ_OPERATION } from '../wire/metadata.js';

export interface KafkaLogsToFind {
  readonly connection: KafkaConnection;
  /** The topics, without the connection's prefix, that a log is known to lie in. At least one. */
  readonly known: readonly string[];
  /** Others of the same system, which hold no log. */
  readonly withoutLog: readonly string[];
}

/** Without the connection's prefix, in order. */
export interface FoundLogs {
  /** Topics that begin with a genesis record, and are not known. */
  readonly logs: readonly string[];
  /** Under the prefix, where there is one: topics of which this principal may not read what they are. */
  readonly unreadable: readonly string[];
}

/** At once, so that a cluster of thousands of topics is looked through in seconds. */
const LOOKS_AT_ONCE = 8;
/** A broker hands out the first batch whole, however large it is. */
const FIRST_BYTES = 1;

/**
 * Looks for logs of this system in topics that nobody named: the first record of each is read. Those of other systems on the cluster are
 * left alone: what does not begin with the prefix, and what begins with one under which all the known topics lie as well. Topics that this
 * principal may not see are not listed by Kafka, and so not found.
 * @throws LogUnavailable, LogMisconfigured
 */
export const findKafkaLogs = async ({ connection, known, withoutLog }: KafkaLogsToFind): Promise<FoundLogs> => {
  const { topicPrefix = '' } = connection;
  const cluster = new Cluster(nameOnCluster(connection, known[0] ?? ''), connection);
  try {
    const all = (await cluster.topics()).filter(({ isInternal }) => !isInternal);
    const ours = ofThisSystem(all, topicPrefix, known);
    const named = new Set([...known, ...withoutLog].map((topic) => nameOnCluster(connection, topic)));
    const others = ours.filter(({ name }) => !named.has(name));
    const readable = others.filter(({ allows }) => allows(READ_OPERATION));
    const unreadable = topicPrefix === '' ? [] : others.filter((topic) => !readable.includes(topic));
    return {
      logs: short(await thoseWithLog(cluster, readable), topicPrefix),
      unreadable: short(unreadable, topicPrefix),
    };
  } finally {
    await cluster.close();
  }
};

const short = (topics: readonly ListedTopic[], prefix: string): readonly string[] =>
  topics.map(({ name }) => name.slice(prefix.length)).sort();

const ofThisSystem = (
  all: readonly ListedTopic[],
  prefix: string,
  known: readonly string[],
): readonly ListedTopic[] => {
  const names = new Set(all.map(({ name }) => name));
  const prefixes = all.flatMap(({ name }) =>
    known.filter((one) => name.endsWith(one)).map((one) => name.slice(0, -one.length)),
  );
  const others = [...new Set(prefixes)].filter(
    (other) => other.length > prefix.length && known.every((topic) => names.has(other + topic)),
  );
  return all.filter(({ name }) => name.startsWith(prefix) && !others.some((other) => name.startsWith(other)));
};

const thoseWithLog = async (cluster: Cluster, topics: readonly ListedTopic[]): Promise<readonly ListedTopic[]> => {
  const found: ListedTopic[] = [];
  for (let first = 0; first < topics.length; first += LOOKS_AT_ONCE) {
    const some = topics.slice(first, first + LOOKS_AT_ONCE);
    const looks = await Promise.all(some.map((topic) => beginsWithGenesis(cluster, topic)));
    found.push(...some.filter((_, i) => looks[i]));
  }
  return found;
};

const beginsWithGenesis = async (cluster: Cluster, { name, partitions }: ListedTopic): Promise<boolean> => {
  const { partition, leader = -1, epoch = -1 } = partitions[0] ?? { partition: 0 };
  const connection = await cluster.broker(leader);
  const from = [{ partition, offset: 0, epoch, maxBytes: FIRST_BYTES }];
  const request = { topic: name, from, maxWaitMs: 0, maxBytes: FIRST_BYTES };
  const { errorCode, partitions: answers } = await connection.send(fetchRecords(request));
  const [answer] = answers;
  const code = answer?.errorCode ?? errorCode;
  // It has lost its beginning, so it is none of our logs, or nobody can know; or it was taken from us a moment ago.
  if (code === OFFSET_OUT_OF_RANGE || code === TOPIC_AUTHORIZATION_FAILED) return false;
  if (code !== 0) throw readFailure(code, { topic: name });
  if (!answer) throw new LogUnavailable('its first record could not be read', { topic: name });
  const record = firstRecordIn(name, answer.bytes);
  return record !== undefined && genesisIn(record) !== undefined;
};

/** Undefined where there is none, and where compaction has taken it, as it does in topics of others. */
const firstRecordIn = (topic: string, bytes: Buffer): StoredRecord | undefined => {
  if (bytes.length === 0) return undefined;
  try {
    return decodeBatches(bytes, 0).records[0];
  } catch (cause) {
    if (cause instanceof OffsetMissing) return undefined;
    if (cause instanceof BatchDamaged)
      throw new LogUnavailable(
        `the first record of topic ${topic} cannot be read: it is damaged`,
        { topic },
        { cause },
      );
    throw cause;
  }
};
