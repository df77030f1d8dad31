import {
  checkedOptions,
  MasterKeys,
  type PartitionedLog,
  type PersonalStorage,
  provisionChain,
  type ReadModelStorage,
  type Storage,
  withReadModels,
} from '@ledgerline/es-core/adapter';
import { z } from 'zod';
import { generatedKeyFile, generateKeyFile, hasKeyFile, readKeyFile } from './keys/key-file.js';
import { openEmbeddedKeys } from './keys/open-embedded-keys.js';
import { lockDataDir } from './lock/lock-data-dir.js';
import { findEmbeddedLogs } from './log/find-embedded-logs.js';
import { openEmbeddedLog } from './log/open-embedded-log.js';
import { nodeCryptography } from './node-cryptography.js';
import { nodePlatform } from './node-platform.js';
import { ProgressFile } from './progress/progress-file.js';
import { openEmbeddedReadModels } from './read-models/open-embedded-read-models.js';
import { openEmbeddedIndex } from './stream-index/open-embedded-index.js';

export interface EmbeddedOptions {
  /** Everything lies in it: log, index, progress, read models and keys. It is made where it is missing. */
  readonly dataDir: string;
  /** Of a topic that is made. 4 unless said otherwise. */
  readonly partitions?: number;
  /** The keys of 32 bytes that the keys of personal data are wrapped with. Generated in the directory unless said otherwise. */
  readonly masterKeys?: () => MasterKeyText;
  /** Where the read models and the keys of personal data are, if not in the directory: `mongodb({ … })`. */
  readonly readModels?: ReadModelStorage;
}

const partitionsRule = 'must be a whole number from 1 to 1000';
const optionsSchema = z.strictObject({
  dataDir: z.string({ error: 'must be the path of a directory' }).min(1, { error: 'must be the path of a directory' }),
  partitions: z
    .int({ error: partitionsRule })
    .min(1, { error: partitionsRule })
    .max(1_000, { error: partitionsRule })
    .default(4),
  masterKeys: z
    .custom<() => MasterKeyText>((value) => typeof value === 'function', { error: 'must be a function' })
    .optional(),
  readModels: z
    .custom<ReadModelStorage>((value) => typeof value === 'object' && value !== null && 'openReadModels' in value, {
      error: 'must be a store of read models, such as mongodb({ uri })',
    })
    .optional(),
});

export interface MasterKeyText {
  /** In base64, one a line, the newest first. */
  readonly text: string;
  /** What errors call the place that it came from. */
  readonly source: string;
}

/**
 * Storage in a directory of this machine: nothing to install, and one process that writes a topic.
 * @throws OptionsInvalid
 */
export const embedded = (options: EmbeddedOptions): Storage => {
  const { dataDir: directory, partitions, masterKeys, readModels } = checkedOptions('embedded', optionsSchema, options);
  const createLog = (topic: string, count: number): Promise<PartitionedLog> =>
    openEmbeddedLog({ directory, topic, partitions: count, role: 'writer' });
  const storage: Storage = {
    platform: nodePlatform,
    lock: async (name) => lockDataDir({ directory, name }),
    createLog,
    openLog: async (topic, { role }) =>
      role === 'writer'
        ? provisioned(await createLog(topic, partitions))
        : openEmbeddedLog({ directory, topic, partitions, role }),
    findUnknownTopics: async ({ logs }) => ({
      logs: await findEmbeddedLogs({ directory, known: logs }),
      unreadable: [],
    }),
    openIndex: (service, onRebuild) => openEmbeddedIndex({ directory, service, onRebuild }),
    openProgress: (service) => new ProgressFile({ directory, service }),
    openReadModels: () => openEmbeddedReadModels({ directory }),
    openKeys: () => openEmbeddedKeys({ directory }),
    personal: masterKeys ? personalWith(masterKeys) : personalIn(directory),
  };
  return withReadModels(storage, readModels);
};

const personalWith = (given: () => MasterKeyText): PersonalStorage => ({
  cryptography: nodeCryptography,
  masterKeys: async () => parsed(given()),
});

/** By a key that lies beside what it protects: better than none, and lost with it. */
const personalIn = (directory: string): PersonalStorage => {
  const path = generatedKeyFile(directory);
  const source = `MASTER_KEY_FILE (by default ${path})`;
  return {
    cryptography: nodeCryptography,
    masterKeys: async () => (hasKeyFile(directory) ? parsed({ text: readKeyFile(path, source), source }) : undefined),
    generateMasterKey: async () => (generateKeyFile(directory, nodeCryptography) ? path : undefined),
  };
};

const parsed = ({ text, source }: MasterKeyText): MasterKeys =>
  MasterKeys.parse(text, { source, cryptography: nodeCryptography, platform: nodePlatform });

/** The log with its genesis records; closed when they cannot be made. */
const provisioned = async (log: PartitionedLog): Promise<PartitionedLog> => {
  try {
    await provisionChain(log, nodePlatform);
    return log;
  } catch (error) {
    await log.close();
    throw error;
  }
};
