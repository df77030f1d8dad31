import { partitionKey } from '@ledgerline/es-core';
import type { ProgressByPartition } from '@ledgerline/es-core/adapter';
import type { Coordinator } from './coordinator.js';
import { progressIn } from './progress-metadata.js';

/** What a group has committed of a topic, as reactors keep their progress: the reader's state is the offset's metadata. */
export const committedProgress = async (
  coordinator: Coordinator,
  { groupId, ...of }: { groupId: string; topic: string; topicOnCluster: string; partitions: number },
): Promise<ProgressByPartition> => {
  const asked = Array.from({ length: of.partitions }, (_, partition) => ({ partition }));
  const { responses } = await coordinator.ask((group) =>
    group.offsetFetch({ groupId, topics: [{ topic: of.topicOnCluster, partitions: asked }] }),
  );
  const states = responses
    .flatMap((response) => response.partitions)
    .flatMap(({ partition, metadata }) => {
      const state = progressIn(metadata);
      return state ? [[partitionKey(of.topic, partition), state] as const] : [];
    });
  return Object.fromEntries(states);
};
