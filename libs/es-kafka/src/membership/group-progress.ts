import { type ProgressByPartition, partitionKey, type ReaderState, type ReactorProgress } from '@ledgerline/es-core';
import type { KafkaConnection } from '../kafka-connection.js';
import { Coordinator } from './coordinator.js';
import type { GroupMember } from './group-member.js';

export interface GroupProgressOptions {
  readonly connection: KafkaConnection;
  readonly groupId: string;
  readonly member: GroupMember;
  readonly topic: string;
  /** The topic's name on the cluster. */
  readonly topicOnCluster: string;
  readonly partitions: number;
}

/**
 * A reactor's progress as the group's committed offsets, so that whoever is given a partition goes on where the last one was,
 * and Kafka's tools show how far behind it is. The reader's state is the offset's metadata.
 */
export class GroupProgress implements ReactorProgress {
  // A join holds up the connection that it is asked on.
  readonly #coordinator: Coordinator;

  constructor(private readonly options: GroupProgressOptions) {
    this.#coordinator = new Coordinator(options.groupId, options.connection);
  }

  async load(): Promise<ProgressByPartition> {
    const { groupId, topic, topicOnCluster, partitions } = this.options;
    const asked = Array.from({ length: partitions }, (_, partition) => ({ partition }));
    const { responses } = await this.#coordinator.ask((group) =>
      group.offsetFetch({ groupId, topics: [{ topic: topicOnCluster, partitions: asked }] }),
    );
    const states = responses
      .flatMap((response) => response.partitions)
      .flatMap(({ partition, metadata }) => {
        const state = stateIn(metadata);
        return state ? [[partitionKey(topic, partition), state] as const] : [];
      });
    return Object.fromEntries(states);
  }

  /**
   * In the generation that this member is in: one that was replaced moves nothing any more. What is held by somebody else by
   * now is theirs to save.
   * @throws LogUnavailable when the coordinator refuses it or cannot be reached.
   */
  async save(progress: ProgressByPartition): Promise<void> {
    const { groupId, topic, topicOnCluster, member, partitions } = this.options;
    const offsets = Array.from({ length: partitions }, (_, partition) => partition).flatMap((partition) => {
      const state = progress[partitionKey(topic, partition)];
      return state ? [{ partition, offset: String(state.headOffset + 1), metadata: JSON.stringify(state) }] : [];
    });
    const own = offsets.filter(({ partition }) => member.mayCommit(topicOnCluster, partition));
    if (own.length === 0) return;
    const topics = [{ topic: topicOnCluster, partitions: own }];
    await this.#coordinator.ask((group) => group.offsetCommit({ groupId, ...member.session.identity, topics }));
  }

  close(): void {
    this.#coordinator.close();
  }
}

/** Somebody else's commit has none of ours: then the reactor begins where the log does, and records nothing twice. */
const stateIn = (metadata: string | null): ReaderState | undefined => {
  try {
    const state = JSON.parse(metadata ?? '') as Partial<ReaderState> | null;
    const { logId, ordinal, head, headOffset, time } = state ?? {};
    return logId !== undefined &&
      ordinal !== undefined &&
      head !== undefined &&
      headOffset !== undefined &&
      time !== undefined
      ? { logId, ordinal, head, headOffset, time }
      : undefined;
  } catch {
    return undefined;
  }
};
