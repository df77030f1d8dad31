import { TopicMissing } from '@ledgerline/es-core';
import { type PartitionedLog, provisionChain, type Storage } from '@ledgerline/es-core/adapter';
import { testPlatform } from '../platform/test-platform.js';
import { memoryKeyStore } from './memory-key-store.js';
import { memoryLog } from './memory-log.js';
import { memoryReactorProgress } from './memory-reactor-progress.js';
import { memoryReadModelStore } from './memory-read-model-store.js';
import { memoryStreamIndex } from './memory-stream-index.js';
import { MemoryTopic } from './memory-topic.js';

export interface MemoryStorageOptions extends Partial<Storage> {
  /** By their names. A topic that is written and is not there is made. */
  readonly topics?: Map<string, MemoryTopic>;
  /** Of a topic that is made. 4 unless said otherwise. */
  readonly partitions?: number;
}

/** Storage in this process' memory, without personal data. Whatever else is given takes the place of what would be there. */
export const memoryStorage = (options: MemoryStorageOptions = {}): Storage => {
  const { topics = new Map<string, MemoryTopic>(), partitions = 4, platform = testPlatform({ seed: 1 }) } = options;
  const { topics: _topics, partitions: _partitions, ...given } = options;
  const [readModels, keys] = [memoryReadModelStore(), memoryKeyStore()];
  const createLog = (topic: string, count: number): Promise<PartitionedLog> => {
    const made = topics.get(topic) ?? new MemoryTopic({ topic, partitions: count });
    topics.set(topic, made);
    return Promise.resolve(memoryLog(made));
  };
  return {
    ...{ platform, createLog, lock: () => Promise.resolve({ close: () => Promise.resolve() }) },
    openLog: async (topic, { role }) => {
      if (role === 'reader' && !topics.has(topic)) throw new TopicMissing(topic);
      const log = await createLog(topic, partitions);
      if (role === 'writer') await provisionChain(log, platform);
      return log;
    },
    findUnknownTopics: ({ logs }) =>
      Promise.resolve({ logs: [...topics.keys()].filter((topic) => !logs.includes(topic)), unreadable: [] }),
    openIndex: () => Promise.resolve(memoryStreamIndex()),
    openProgress: () => memoryReactorProgress(),
    openReadModels: () => Promise.resolve(readModels),
    openKeys: () => Promise.resolve(keys),
    ...given,
  };
};
