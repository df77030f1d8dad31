import { LogMisconfigured, TopicMissing } from '@ledgerline/es-core';
import { type PartitionedLog, readGenesis } from '@ledgerline/es-core/adapter';
import { type KafkaConnection, nameOnCluster } from '../kafka-connection.js';
import { KafkaTopic } from '../topic/kafka-topic.js';
import { TopicGuard } from '../topic/topic-guard.js';
import { REQUEST_TIMEOUT_MS } from '../wire/broker-connection.js';
import { Cluster } from '../wire/cluster.js';
import { READ_OPERATION, type TopicView, WRITE_OPERATION } from '../wire/metadata.js';
import { KafkaLog } from './kafka-log.js';
import { LogPass } from './log-pass.js';
import { PartitionAppender } from './partition-appender.js';
import { Tail } from './tail.js';

export interface KafkaLogOptions {
  readonly connection: KafkaConnection;
  /** Without the connection's prefix. */
  readonly topic: string;
  /** Any number of processes may write a topic. `writer` unless said otherwise. */
  readonly role?: 'writer' | 'reader';
}

/**
 * Opens a topic that is there. What `append` has acknowledged was stored by all replicas that are in sync, and is seen by every
 * reader from then on. It has as many partitions as its genesis record says; one that has none yet, as many as the topic.
 * @throws LogUnavailable when no broker answers; for a reader TopicMissing while there is no topic of this name.
 * @throws LogMisconfigured when credentials or certificates are refused, this principal lacks a right, or the first record was deleted; for a
 * writer also when there is no topic.
 */
export const openKafkaLog = async (options: KafkaLogOptions): Promise<PartitionedLog> => {
  return await openOn(new Cluster(nameOnCluster(options.connection, options.topic), options.connection), options);
};

/** The log takes the cluster over and closes it, also where it cannot be opened. */
export const openOn = async (cluster: Cluster, options: KafkaLogOptions): Promise<PartitionedLog> => {
  try {
    return await open(cluster, options);
  } catch (error) {
    await cluster.close();
    throw error;
  }
};

const open = async (cluster: Cluster, options: KafkaLogOptions): Promise<PartitionedLog> => {
  const { connection, topic, role = 'writer' } = options;
  const view = await cluster.refresh();
  if (view.partitions.length === 0) throw role === 'reader' ? new TopicMissing(cluster.topic) : notThere(cluster.topic);
  assertAllowed(cluster.topic, view, role);
  const partitions = await partitionsOfLog(cluster, view);
  const guard = new TopicGuard(cluster, partitions, connection.brokers);
  const timeoutMs = connection.requestTimeoutMs ?? REQUEST_TIMEOUT_MS;
  const appenders =
    role === 'reader'
      ? []
      : Array.from({ length: partitions }, (_, partition) => new PartitionAppender(cluster, partition, timeoutMs / 2));
  await Promise.all(appenders.map((appender) => appender.prepare()));
  const maxBatchBytes = await guard.maxBatchBytes();
  return new KafkaLog({ topic, cluster, guard, partitions, maxBatchBytes, appenders });
};

/** Those that an administrator added to the topic later are not the log's. */
const partitionsOfLog = async (cluster: Cluster, { partitions: { length } }: TopicView): Promise<number> => {
  const topic = new KafkaTopic(cluster);
  const source = { topic, tail: new Tail(topic), partition: 0, onClose: () => undefined };
  const genesis = await readGenesis({ topic: topic.name, read: (_, options) => new LogPass(source, options) });
  return Math.min(length, genesis?.partitions ?? length);
};

/** Said at the start: what is refused later, while a command is under way, can only be waited out. */
const assertAllowed = (topic: string, { allows }: TopicView, role: 'writer' | 'reader'): void => {
  const needed = RIGHTS.filter(({ of }) => of === 'reader' || of === role);
  const missing = needed.filter(({ operation }) => !allows(operation));
  const lacking = missing.map(({ right }) => `this principal lacks a right: grant it ${right} on the topic`);
  if (missing.length > 0) throw new LogMisconfigured(topic, lacking);
};

const RIGHTS = [
  { right: 'Read', operation: READ_OPERATION, of: 'reader' },
  { right: 'Write', operation: WRITE_OPERATION, of: 'writer' },
] as const;

const notThere = (topic: string): LogMisconfigured =>
  new LogMisconfigured(topic, ['there is no such topic: make it with `npm run -s es -- topics create`']);
