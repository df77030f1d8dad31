import {
  checkedOptions,
  type PartitionedLog,
  provisionChain,
  replyTopicOf,
  requireReliable,
  type Storage,
  withoutGeneratedKey,
  withReadModels,
} from '@ledgerline/es-core/adapter';
import type { KafkaConfig } from 'kafkajs';
import { type KafkaConnection, nameOnCluster } from './kafka-connection.js';
import { type KafkaOptions, kafkaOptions } from './kafka-options.js';
import { openKafkaLog } from './log/open-kafka-log.js';
import { KafkaInstances } from './membership/kafka-instances.js';
import { StoredProgress } from './membership/stored-progress.js';
import { withBoundedFetching } from './messages/bounded-fetching.js';
import { refusalOf } from './messages/message.js';
import { createKafkaTopic } from './topic/create-kafka-topic.js';
import { findKafkaLogs } from './topic/find-kafka-logs.js';
import { requireKafkaTopics } from './topic/require-kafka-topics.js';
import { kafkaJsOptions } from './wire/kafkajs-network.js';

/** What a transport of commands by kafkajs needs, so that it reaches the brokers as the log does. */
export interface KafkaCommandBroker {
  /** What one client is made with. */
  clientOptions(): KafkaConfig;
  /** What a topic or a group is called on the cluster. */
  nameOnCluster(name: string): string;
  /** Resolves when there are topics of these names on the cluster. @throws LogUnavailable, LogMisconfigured */
  requireTopics(topics: readonly string[]): Promise<void>;
  readonly refusalOf: typeof refusalOf;
  readonly withBoundedFetching: typeof withBoundedFetching;
}

/** Topics on Kafka, and everything else where `local` and `readModels` have it. */
export interface KafkaStorage extends Storage {
  readonly commandBroker: KafkaCommandBroker;
}

/**
 * Storage on Kafka: any number of instances of a service may write a topic, and commands may come over topics too.
 * @throws OptionsInvalid
 */
export const kafka = (options: KafkaOptions): KafkaStorage => {
  const { local, readModels, partitions, ...reached } = checkedOptions('kafka', kafkaOptions, options);
  const connection: KafkaConnection = { ...reached, clientId: 'ledgerline' };
  return {
    ...withReadModels(withoutGeneratedKey(local), readModels),
    ...topicsOn(connection, { local, partitions }),
    openSharedProgress: (service) => new StoredProgress({ connection, service }),
    openInstances: (given) =>
      new KafkaInstances({ connection, ...given, topics: given.topics.map((topic) => ({ partitions, ...topic })) }),
    commandBroker: {
      clientOptions: () => kafkaJsOptions(connection),
      nameOnCluster: (name) => nameOnCluster(connection, name),
      requireTopics: (topics) => requireKafkaTopics(connection, topics),
      ...{ refusalOf, withBoundedFetching },
    },
  };
};

type Topics = Pick<Storage, 'openLog' | 'createLog' | 'findUnknownTopics' | 'provision' | 'provisionCommands'>;

const topicsOn = (
  connection: KafkaConnection,
  { local, partitions }: { readonly local: Storage; readonly partitions: number },
): Topics => {
  const createLog = async (topic: string, count: number): Promise<PartitionedLog> => {
    await createKafkaTopic({ connection, topic, partitions: count });
    return await openKafkaLog({ connection, topic, role: 'writer' });
  };
  return {
    createLog,
    openLog: (topic, { role }) => openKafkaLog({ connection, topic, role }),
    findUnknownTopics: ({ logs, commands }) =>
      findKafkaLogs({ connection, known: logs, withoutLog: commands.flatMap(withReplies) }),
    provision: async (topic) => {
      const log = await createLog(topic, partitions);
      try {
        await provisionChain(log, local.platform);
        await requireReliable(log);
        return (await log.problems()).map(({ message }) => message);
      } finally {
        await log.close();
      }
    },
    provisionCommands: async (topic) => {
      for (const one of withReplies(topic))
        await createKafkaTopic({ connection, topic: one, partitions, purpose: 'messages' });
    },
  };
};

const withReplies = (topic: string): readonly string[] => [topic, replyTopicOf(topic)];
