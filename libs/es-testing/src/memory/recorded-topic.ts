import type { LogRecord } from '@ledgerline/es-core/adapter';
import { MemoryTopic } from './memory-topic.js';

/**
 * A topic that holds what was recorded once, byte for byte and in its order: a line for each record,
 * `{ partition, key, value, headers }`.
 */
export const recordedTopic = (topic: string, lines: string): MemoryTopic => {
  const records = lines
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as LogRecord & { readonly partition: number });
  const partitions = 1 + Math.max(...records.map(({ partition }) => partition));
  const recorded = new MemoryTopic({ topic, partitions });
  for (const { partition, ...record } of records) recorded.append(partition, [record]);
  return recorded;
};
