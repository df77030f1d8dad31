import type { PartitionedLog, Platform, ReadModelStore, StreamIndex } from '@ledgerline/es-core';
import type { ServiceConfig } from './config/environment.js';

/** Everything outside the process that a service works on, chosen by the environment. Whoever opens something closes it. */
export interface Adapters {
  readonly platform: Platform;
  /** Makes this process the only one of its service. @throws EsError `data-dir-in-use` */
  lock(service: string): Promise<{ close(): Promise<void> }>;
  /** The topic that this service writes, made where it is missing. */
  ownLog(topic: string): Promise<PartitionedLog>;
  /** A topic of another service. @throws LogUnavailable while that service has not made it. */
  foreignLog(topic: string): Promise<PartitionedLog>;
  /** The service's index of its own topic; `onRebuild` is told when it was unusable and begins anew. */
  index(service: string, onRebuild: (reason: string) => void): Promise<StreamIndex>;
  readModels(): Promise<ReadModelStore>;
}

/** The adapters that the configuration names; their packages are loaded only then. */
export const adaptersFor = async (config: ServiceConfig): Promise<Adapters> => {
  const embedded = await import('@ledgerline/es-embedded');
  const { DATA_DIR: directory, TOPIC_PARTITIONS: partitions } = config;
  return {
    platform: embedded.nodePlatform,
    lock: async (name) => embedded.lockDataDir({ directory, name }),
    ownLog: (topic) => embedded.openEmbeddedLog({ directory, topic, partitions, role: 'writer' }),
    foreignLog: (topic) => embedded.openEmbeddedLog({ directory, topic, partitions, role: 'reader' }),
    index: (service, onRebuild) => embedded.openEmbeddedIndex({ directory, service, onRebuild }),
    readModels: () => embedded.openEmbeddedReadModels({ directory }),
  };
};
