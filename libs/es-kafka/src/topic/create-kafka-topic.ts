import { setTimeout } from 'node:timers/promises';
import { LogMisconfigured, LogUnavailable } from '@ledgerline/es-core';
import { type KafkaConnection, nameOnCluster } from '../kafka-connection.js';
import { KafkaTopic } from './kafka-topic.js';
import { Cluster } from '../wire/cluster.js';
import type { NewTopic } from '../wire/kafkajs-internals.js';
import { configOf, creationCommand, type NewTopicSettings, replicationFactor } from './topic-settings.js';

export interface KafkaTopicOptions {
  readonly connection: KafkaConnection;
  /** Without the connection's prefix. */
  readonly topic: string;
  readonly partitions: number;
  /** Messages between services are kept for a week, the log for ever. `log` unless said otherwise. */
  readonly purpose?: 'log' | 'messages';
}

const CREATE_TIMEOUT_MS = 10_000;
const LEADERS_WITHIN_MS = 15_000;
const LOOK_EVERY_MS = 20;

/**
 * Makes the topic, with the settings that its purpose needs, unless there is one of this name; resolves when all its partitions can be
 * written. Any number of processes may do this at once. A topic that is there is left as it is: a log's `problems` says what is
 * wrong.
 * @throws LogUnavailable when no broker answers, or the partitions get no leader in time.
 * @throws LogMisconfigured when the cluster refuses to make it.
 */
export const createKafkaTopic = async ({ connection, ...options }: KafkaTopicOptions): Promise<void> => {
  const topic = nameOnCluster(connection, options.topic);
  const cluster = new Cluster(topic, connection);
  try {
    const view = await cluster.refresh();
    if (view.partitions.length === 0)
      await create(cluster, { ...options, topic, brokers: view.brokers.size, bootstrap: connection.brokers });
    await untilAllAreLed(cluster);
  } finally {
    await cluster.close();
  }
};

const newTopic = (settings: NewTopicSettings): NewTopic => ({
  topic: settings.topic,
  numPartitions: settings.partitions,
  replicationFactor: replicationFactor(settings.brokers),
  configEntries: configOf(settings),
});

const create = async (cluster: Cluster, settings: NewTopicSettings): Promise<void> => {
  const controller = await cluster.controller();
  try {
    await controller.createTopic(newTopic(settings), CREATE_TIMEOUT_MS);
  } catch (cause) {
    const kafka = errorTypeIn(cause);
    if (kafka === 'TOPIC_ALREADY_EXISTS') return; // Somebody else was faster.
    if (kafka === undefined || TEMPORARY.has(kafka))
      throw new LogUnavailable('the topic could not be made', { topic: settings.topic, kafka }, { cause });
    throw new LogMisconfigured(settings.topic, [
      `the cluster refuses to make the topic (${kafka}): grant this principal Create on it, or have it made with ${creationCommand(settings)}, and run this again`,
    ]);
  }
};

const TEMPORARY = new Set(['REQUEST_TIMED_OUT', 'NOT_CONTROLLER', 'BROKER_NOT_AVAILABLE']);

/** kafkajs packs what the broker said into an error of errors. */
const errorTypeIn = (error: unknown): string | undefined => {
  const [first] = error instanceof Error && 'errors' in error && Array.isArray(error.errors) ? error.errors : [error];
  return first instanceof Error && 'type' in first ? String(first.type) : undefined;
};

const untilAllAreLed = async (cluster: Cluster): Promise<void> => {
  const until = Date.now() + LEADERS_WITHIN_MS;
  for (;;) {
    try {
      return await assertAllAreLed(cluster);
    } catch (error) {
      if (!(error instanceof LogUnavailable) || Date.now() >= until) throw error;
    }
    await setTimeout(LOOK_EVERY_MS);
  }
};

/** A broker may be named as a leader before it knows of the partition itself, so each is asked. */
const assertAllAreLed = async (cluster: Cluster): Promise<void> => {
  const { partitions } = await cluster.refresh();
  if (partitions.length === 0) throw new LogUnavailable('the topic is not there yet', { topic: cluster.topic });
  const topic = new KafkaTopic(cluster);
  await Promise.all(partitions.map(({ partition }) => topic.end(partition)));
};
