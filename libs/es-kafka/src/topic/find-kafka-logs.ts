import { genesisIn } from '@ledgerline/es-core/adapter';
import { type KafkaConnection, nameOnCluster } from '../kafka-connection.js';
import { Cluster } from '../wire/cluster.js';
import { type ListedTopic, READ_OPERATION } from '../wire/metadata.js';
import { firstRecordOf } from './first-record.js';

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

/**
 * Looks for logs of this system in topics that nobody named: the first record of each is read. Those of other systems on the cluster are
 * left alone: what does not begin with the prefix, and what begins with one under which all the known topics lie as well. Topics that this
 * principal may not see are not listed by Kafka, and so not found.
 * @throws LogUnavailable, LogMisconfigured
 */
export const findKafkaLogs = async (sought: KafkaLogsToFind): Promise<FoundLogs> => {
  const { connection, known } = sought;
  const cluster = new Cluster(nameOnCluster(connection, known[0] ?? ''), connection);
  try {
    return await findLogsOn(cluster, sought);
  } finally {
    await cluster.close();
  }
};

/** The same on a cluster that is open, and stays open. */
export const findLogsOn = async (
  cluster: Cluster,
  { connection, known, withoutLog }: KafkaLogsToFind,
): Promise<FoundLogs> => {
  const { topicPrefix = '' } = connection;
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

const beginsWithGenesis = async (cluster: Cluster, topic: ListedTopic): Promise<boolean> => {
  const record = await firstRecordOf(cluster, topic);
  return record !== undefined && genesisIn(record) !== undefined;
};
