import type { PartitionedLog } from '../log/partitioned-log.port.js';
import type { Platform } from '../platform.js';
import type { Cryptography } from '../privacy/cryptography.js';
import type { KeyStore } from '../privacy/key-store.port.js';
import type { MasterKeys } from '../privacy/master-keys.js';
import type { ProgressByPartition, ReactorProgress } from '../reactor/reactor-progress.js';
import type { ReadModelStore } from '../read-models/read-model-store.port.js';
import type { StreamIndex } from '../stream-index/stream-index.port.js';
import type { Instances, InstancesOptions } from './instances.port.js';

/**
 * Everything outside the process that a service works on, as one value: `embedded({ … })`, `kafka({ … })`. Nothing is open before it is
 * asked for; whoever opens something closes it.
 */
export interface Storage extends ReadModelStorage {
  readonly platform: Platform;
  /** Makes this process the only one of its service in its data directory. @throws EsError `data-dir-in-use` */
  lock(service: string): Promise<{ close(): Promise<void> }>;
  /**
   * Opens a topic. A writer finds it with its genesis records: it is made here, or by `provision` where there is one.
   * @throws TopicMissing while nobody has made it, LogMisconfigured where somebody has to provision it first.
   */
  openLog(topic: string, options: { readonly role: LogRole }): Promise<PartitionedLog>;
  /** Opens a topic to restore a backup into: made with so many partitions where it is missing, and without genesis records. */
  createLog(topic: string, partitions: number): Promise<PartitionedLog>;
  /** The topics that lie beside the known ones. @throws LogUnavailable, LogMisconfigured */
  findUnknownTopics(known: KnownTopics): Promise<UnknownTopics>;
  /** The service's index of its topic; `onRebuild` is called with the reason when it was unusable and begins empty. */
  openIndex(service: string, onRebuild: (reason: string) => void): Promise<StreamIndex>;
  /** The progress of the service's reactors, in its data directory. */
  openProgress(service: string): ReactorProgress & { forget(): void };
  /** Absent where no personal data is kept. */
  readonly personal?: PersonalStorage;
  /**
   * Makes the topic where it is missing, and the genesis record of every partition that has none. Any number of processes may
   * do so at once, and any may finish what another began. Answers what is to be known of a topic that was there, a sentence each.
   * Undefined where a topic's only writer makes it. @throws LogMisconfigured where services would refuse it all the same.
   */
  readonly provision?: (topic: string) => Promise<readonly string[]>;
  /** Makes a topic of commands and the one of its replies, where they are missing. Undefined where no commands come that way. */
  readonly provisionCommands?: (topic: string) => Promise<void>;
  /** The progress that the instances of a service share; absent where there is one only. */
  readonly openSharedProgress?: (service: string) => SharedProgress;
  /** The instances of a service that share its work; absent where only one process may write a topic. */
  readonly openInstances?: (options: InstancesOptions) => Instances;
}

/** Many may read a topic. Whoever writes it reads it too. */
export type LogRole = 'reader' | 'writer';

/** Where read models are kept, and the keys of the personal data that is in them. */
export interface ReadModelStorage {
  /** @throws ReadModelsUnavailable while the store cannot be reached. */
  openReadModels(): Promise<ReadModelStore>;
  /** The keys of the subjects of personal data, shared by all services. */
  openKeys(): Promise<KeyStore>;
}

/** What personal data is read and written with. */
export interface PersonalStorage {
  readonly cryptography: Cryptography;
  /** What the keys of the subjects are wrapped with; undefined where none is given. @throws MasterKeyUnusable */
  masterKeys(): Promise<MasterKeys | undefined>;
  /**
   * Makes a master key in the data directory unless one is there, and answers its path where it made it. Absent where not all is kept in
   * that directory: then somebody has to give one.
   */
  readonly generateMasterKey?: () => Promise<string | undefined>;
}

/** For a look from outside, while no instance runs. Whoever opens it closes it. */
export interface SharedProgress {
  load(topic: string, partitions: number): Promise<ProgressByPartition>;
  /** All of it, of every topic. @throws LogMisconfigured while an instance runs */
  forget(): Promise<void>;
  close(): void;
}

export interface KnownTopics {
  /** Topics that hold a log. At least one. */
  readonly logs: readonly string[];
  /** Topics that commands are sent over. */
  readonly commands: readonly string[];
}

/** Topics that nobody named. */
export interface UnknownTopics {
  /** Of this system: each begins with a genesis record. */
  readonly logs: readonly string[];
  /** On brokers, under the prefix: what they hold this principal may not read. */
  readonly unreadable: readonly string[];
}

/** The storage with its read models kept elsewhere, so that no master key is generated for them. */
export const withReadModels = (storage: Storage, elsewhere: ReadModelStorage | undefined): Storage =>
  elsewhere === undefined
    ? storage
    : {
        ...withoutGeneratedKey(storage),
        openReadModels: () => elsewhere.openReadModels(),
        openKeys: () => elsewhere.openKeys(),
      };

/** The storage of a process beside others on other machines: a master key that is in one directory only would be none of theirs. */
export const withoutGeneratedKey = (storage: Storage): Storage => {
  if (!storage.personal) return storage;
  const { cryptography, masterKeys } = storage.personal;
  return { ...storage, personal: { cryptography, masterKeys } };
};
