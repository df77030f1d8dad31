import {
  type Cryptography,
  type KeyStore,
  type MasterKeys,
  type PartitionedLog,
  type Platform,
  type ProgressByPartition,
  provisionChain,
  type ReactorProgress,
  type ReadModelStore,
  requireReliable,
  type StreamIndex,
} from '@ledgerline/es-core';
import type { ServiceConfig } from '../config/environment.js';
import { replyTopicOf } from '../commands/kafka/reply-topic.js';
import { kafkaConnection } from '../config/kafka-connection.js';
import { masterKeysOf } from '../personal/master-keys-of.js';
import type { Instances, InstancesOptions } from '../instances/instances.js';

/** Everything outside the process that a service works on, chosen by the environment. Whoever opens something closes it. */
export interface Adapters extends LogAdapter {
  readonly platform: Platform;
  /** Makes this process the only one of its service in its data directory. @throws EsError `data-dir-in-use` */
  lock(service: string): Promise<{ close(): Promise<void> }>;
  /** The service's index of its own topic; `onRebuild` is told when it was unusable and begins anew. */
  index(service: string, onRebuild: (reason: string) => void): Promise<StreamIndex>;
  /** The progress of the service's reactors, in its data directory. */
  progress(service: string): ReactorProgress & { forget(): void };
  /** @throws ReadModelsUnavailable while the store cannot be reached. */
  readModels(): Promise<ReadModelStore>;
  /** Absent where no personal data is kept. */
  readonly personal?: PersonalAdapters;
}

/** What personal data is kept and read with. */
export interface PersonalAdapters {
  readonly cryptography: Cryptography;
  /** The subjects' keys, shared by all services. */
  keys(): Promise<KeyStore>;
  /**
   * What these are wrapped with; undefined where none is given. `onGenerated` is told the path of a file that was made because
   * everything is embedded and there are no keys yet. @throws MasterKeyUnusable
   */
  masterKeys(keys: KeyStore, onGenerated: (path: string) => void): Promise<MasterKeys | undefined>;
}

export interface LogAdapter {
  /**
   * Makes the topic where it is missing, and the genesis record of every partition that has none. Any number of processes may
   * do so at once, and any may finish what another began. Answers what is to be known of a topic that was there, a sentence each.
   * Undefined where a topic's only writer makes it. @throws LogMisconfigured where services would refuse it all the same.
   */
  readonly provision?: (topic: string) => Promise<readonly string[]>;
  /** Makes a topic of commands and the one of its replies, where they are missing. Undefined where no commands come that way. */
  readonly provisionCommands?: (topic: string) => Promise<void>;
  /** The topic that this service writes. @throws LogMisconfigured where somebody has to provision it first. */
  ownLog(topic: string): Promise<PartitionedLog>;
  /** A topic of another service. @throws TopicMissing while nobody has made it, LogUnavailable while it cannot be reached. */
  foreignLog(topic: string): Promise<PartitionedLog>;
  /** A topic to restore a backup into: made with so many partitions where it is missing, without genesis records, and opened for writing. */
  bareLog(topic: string, partitions: number): Promise<PartitionedLog>;
  /** What the instances of a service leave each other of their reactors' progress; absent where there is one only. */
  readonly sharedProgress?: (service: string) => SharedProgress;
  /** The instances of a service that share its work; absent where only one process may write a topic. */
  readonly instances?: (options: InstancesOptions) => Instances;
}

/** For a look from outside, while no instance runs. Whoever opens it closes it. */
export interface SharedProgress {
  load(topic: string, partitions: number): Promise<ProgressByPartition>;
  /** All of it, of every topic. @throws LogMisconfigured while an instance runs */
  forget(): Promise<void>;
  close(): void;
}

/** The adapters that the configuration names; their packages are loaded only then. @throws ConfigInvalid */
export const adaptersFor = async (config: ServiceConfig): Promise<Adapters> => {
  const embedded = await import('@ledgerline/es-embedded');
  const { DATA_DIR: directory } = config;
  return {
    ...(config.KAFKA_BROKERS ? await kafkaLogs(config) : await embeddedLogs(config)),
    platform: embedded.nodePlatform,
    lock: async (name) => embedded.lockDataDir({ directory, name }),
    index: (service, onRebuild) => embedded.openEmbeddedIndex({ directory, service, onRebuild }),
    progress: (service) => new embedded.ProgressFile({ directory, service }),
    readModels: await readModelsOf(config),
    personal: {
      cryptography: embedded.nodeCryptography,
      keys: await keysOf(config),
      masterKeys: (keys, onGenerated) => masterKeysOf(config, keys, onGenerated),
    },
  };
};

const keysOf = async ({ DATA_DIR: directory, MONGODB_URI: uri }: ServiceConfig): Promise<PersonalAdapters['keys']> => {
  if (uri === undefined) {
    const { openEmbeddedKeys } = await import('@ledgerline/es-embedded');
    return () => openEmbeddedKeys({ directory });
  }
  const { openMongoKeys } = await import('@ledgerline/es-mongodb');
  return () => Promise.resolve(openMongoKeys({ uri }));
};

const readModelsOf = async ({
  DATA_DIR: directory,
  MONGODB_URI: uri,
}: ServiceConfig): Promise<Adapters['readModels']> => {
  if (uri === undefined) {
    const { openEmbeddedReadModels } = await import('@ledgerline/es-embedded');
    return () => openEmbeddedReadModels({ directory });
  }
  const { openMongoReadModels } = await import('@ledgerline/es-mongodb');
  return () => openMongoReadModels({ uri });
};

const embeddedLogs = async ({
  DATA_DIR: directory,
  TOPIC_PARTITIONS: partitions,
}: ServiceConfig): Promise<LogAdapter> => {
  const { nodePlatform, openEmbeddedLog } = await import('@ledgerline/es-embedded');
  const bareLog: LogAdapter['bareLog'] = (topic, partitions) =>
    openEmbeddedLog({ directory, topic, partitions, role: 'writer' });
  return {
    bareLog,
    ownLog: async (topic) => provisioned(await bareLog(topic, partitions), nodePlatform),
    foreignLog: (topic) => openEmbeddedLog({ directory, topic, partitions, role: 'reader' }),
  };
};

const kafkaLogs = async (config: ServiceConfig): Promise<LogAdapter> => {
  const { createKafkaTopic, KafkaInstances, openKafkaLog, StoredProgress } = await import('@ledgerline/es-kafka');
  const { nodePlatform } = await import('@ledgerline/es-embedded');
  const connection = kafkaConnection(config, 'ledgerline');
  if (!connection) throw new Error('no brokers are configured');
  const { TOPIC_PARTITIONS: partitions } = config;
  const bareLog: LogAdapter['bareLog'] = async (topic, partitions) => {
    await createKafkaTopic({ connection, topic, partitions });
    return await openKafkaLog({ connection, topic, role: 'writer' });
  };
  return {
    bareLog,
    provision: async (topic) => {
      const log = await provisioned(await bareLog(topic, partitions), nodePlatform);
      try {
        await requireReliable(log);
        return (await log.problems()).map(({ message }) => message);
      } finally {
        await log.close();
      }
    },
    provisionCommands: async (topic) => {
      for (const one of [topic, replyTopicOf(topic)])
        await createKafkaTopic({ connection, topic: one, partitions, purpose: 'messages' });
    },
    ownLog: (topic) => openKafkaLog({ connection, topic, role: 'writer' }),
    foreignLog: (topic) => openKafkaLog({ connection, topic, role: 'reader' }),
    sharedProgress: (service) => new StoredProgress({ connection, service }),
    instances: (options) => new KafkaInstances({ connection, ...options }),
  };
};

/** The log with its genesis records; closed when they cannot be made. */
const provisioned = async (log: PartitionedLog, platform: Platform): Promise<PartitionedLog> => {
  try {
    await provisionChain(log, platform);
    return log;
  } catch (error) {
    await log.close();
    throw error;
  }
};
