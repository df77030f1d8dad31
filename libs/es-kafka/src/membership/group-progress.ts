import { partitionKey } from '@ledgerline/es-core';
import type { ProgressByPartition, ReactorProgress } from '@ledgerline/es-core/adapter';
import type { KafkaConnection } from '../kafka-connection.js';
import { Coordinator } from './coordinator.js';
import { committedProgress } from './committed-progress.js';
import type { GroupMember } from './group-member.js';
import { metadataOf } from './progress-metadata.js';

export interface GroupProgressOptions {
  readonly connection: KafkaConnection;
  readonly groupId: string;
  readonly member: GroupMember;
  readonly topic: string;
  /** The topic's name on the cluster. */
  readonly topicOnCluster: string;
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

  load(): Promise<ProgressByPartition> {
    return committedProgress(this.#coordinator, { ...this.options, partitions: this.#partitions });
  }

  /**
   * In the generation that this member is in: one that was replaced moves nothing any more. What is held by somebody else by
   * now is theirs to save.
   * @throws LogUnavailable when the coordinator refuses it or cannot be reached.
   */
  async save(progress: ProgressByPartition): Promise<void> {
    const { groupId, topic, topicOnCluster, member } = this.options;
    const offsets = Array.from({ length: this.#partitions }, (_, partition) => partition).flatMap((partition) => {
      const state = progress[partitionKey(topic, partition)];
      return state ? [{ partition, offset: String(state.headOffset + 1), metadata: metadataOf(state) }] : [];
    });
    const own = offsets.filter(({ partition }) => member.mayCommit(topicOnCluster, partition));
    if (own.length === 0) return;
    const topics = [{ topic: topicOnCluster, partitions: own }];
    await this.#coordinator.ask((group) => group.offsetCommit({ groupId, ...member.session.identity, topics }));
  }

  get #partitions(): number {
    const { member, topicOnCluster } = this.options;
    return member.session.partitionsOf(topicOnCluster);
  }

  close(): void {
    this.#coordinator.close();
  }
}
