import { type ProgressByPartition, partitionKey, type ReactorState } from '@ledgerline/es-core';
import type { Coordinator } from './coordinator.js';

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
      const state = stateIn(metadata);
      return state ? [[partitionKey(of.topic, partition), state] as const] : [];
    });
  return Object.fromEntries(states);
};

/** Somebody else's commit has none of ours, which is as if there were no progress. */
const stateIn = (metadata: string | null): ReactorState | undefined => {
  try {
    const state = JSON.parse(metadata ?? '') as Partial<ReactorState> | null;
    const { logId, ordinal, head, headOffset, time, historyUntil } = state ?? {};
    return logId !== undefined &&
      ordinal !== undefined &&
      head !== undefined &&
      headOffset !== undefined &&
      time !== undefined
      ? { logId, ordinal, head, headOffset, time, ...(historyUntil !== undefined && { historyUntil }) }
      : undefined;
  } catch {
    return undefined;
  }
};
