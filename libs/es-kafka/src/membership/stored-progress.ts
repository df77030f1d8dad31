import type { ProgressByPartition } from '@ledgerline/es-core/adapter';
import { type KafkaConnection, nameOnCluster } from '../kafka-connection.js';
import { committedProgress } from './committed-progress.js';
import { Coordinator, kafkaErrorType } from './coordinator.js';
import { groupOf } from './kafka-instances.js';

/** The progress of a service's reactors, looked at and forgotten while no instance of it runs. */
export class StoredProgress {
  readonly #coordinator: Coordinator;
  readonly #groupId: string;

  constructor(private readonly options: { readonly connection: KafkaConnection; readonly service: string }) {
    this.#groupId = groupOf(options.connection, options.service);
    this.#coordinator = new Coordinator(this.#groupId, options.connection);
  }

  load(topic: string, partitions: number): Promise<ProgressByPartition> {
    const topicOnCluster = nameOnCluster(this.options.connection, topic);
    return committedProgress(this.#coordinator, { groupId: this.#groupId, topic, topicOnCluster, partitions });
  }

  /** All of it, of every topic, where there is any. @throws LogMisconfigured while an instance runs */
  async forget(): Promise<void> {
    await this.#coordinator.ask(async (group) => {
      const { results } = await group.deleteGroups([this.#groupId]);
      for (const { error } of results) if (error && kafkaErrorType(error) !== 'GROUP_ID_NOT_FOUND') throw error;
    });
  }

  close(): void {
    this.#coordinator.close();
  }
}
