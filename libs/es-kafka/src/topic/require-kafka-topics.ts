import { LogMisconfigured } from '@ledgerline/es-core';
import type { KafkaConnection } from '../kafka-connection.js';
import { Cluster } from '../wire/cluster.js';

/**
 * Resolves when there are topics of these names, which are those on the cluster.
 * @throws LogMisconfigured when there is none, with the command that makes it, or when this principal may not see it.
 * @throws LogUnavailable when no broker answers.
 */
export const requireKafkaTopics = async (connection: KafkaConnection, topics: readonly string[]): Promise<void> => {
  for (const topic of topics) await requireTopic(connection, topic);
};

const requireTopic = async (connection: KafkaConnection, topic: string): Promise<void> => {
  const cluster = new Cluster(topic, connection);
  try {
    const { partitions } = await cluster.refresh();
    if (partitions.length > 0) return;
  } finally {
    await cluster.close();
  }
  throw new LogMisconfigured(topic, ['there is no such topic: make it with `npm run -s es -- topics create`']);
};
