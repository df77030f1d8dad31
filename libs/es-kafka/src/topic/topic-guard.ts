import { LogMisconfigured, LogUnavailable } from '@ledgerline/es-core';
import { BATCH_OVERHEAD } from '../record-batch/batch-header.js';
import type { Cluster } from '../wire/cluster.js';
import type { TopicView } from '../wire/metadata.js';
import { BROKERS_FOR_REPLICAS, REPLICATION_FACTOR, type Setting, settingsFor } from './topic-settings.js';

type Config = ReadonlyMap<string, string>;

/** Compares a topic with what it has to be. */
export class TopicGuard {
  constructor(
    private readonly cluster: Cluster,
    /** How many partitions the topic should have. */
    private readonly partitions: number,
    private readonly brokers: readonly string[],
  ) {}

  /** One sentence for everything that differs: what, what it would do, and the command that mends it. */
  async problems(): Promise<readonly string[]> {
    const view = await this.cluster.refresh();
    const config = await this.#config();
    const wrong = settingsFor(view.brokers.size).filter(({ name, isRight }) => !isRight(config.get(name) ?? ''));
    return [
      ...this.#partitionProblems(view),
      ...this.#replicaProblems(view),
      ...wrong.map((setting) => this.#settingProblem(setting, config)),
    ];
  }

  /** The largest batch, without what frames it, that the topic takes. */
  async maxBatchBytes(): Promise<number> {
    const config = await this.#config();
    return Number(config.get('max.message.bytes')) - BATCH_OVERHEAD;
  }

  async #config(): Promise<Config> {
    const { topic } = this.cluster;
    const connection = await this.cluster.controller();
    try {
      const entries = await connection.topicConfig(topic);
      return new Map(entries.map(({ configName, configValue }) => [configName, configValue ?? '']));
    } catch (cause) {
      if (cause instanceof Error && 'type' in cause && cause.type === 'TOPIC_AUTHORIZATION_FAILED')
        throw new LogMisconfigured(topic, [
          'this principal may not see its settings: grant it DescribeConfigs on the topic',
        ]);
      throw new LogUnavailable('its settings could not be read', { topic }, { cause });
    }
  }

  #partitionProblems({ partitions }: TopicView): string[] {
    const has = partitions.length;
    if (has === this.partitions) return [];
    return [
      `the topic has ${has} partitions, not ${this.partitions}: streams would change partition; set TOPIC_PARTITIONS to ${has}, or use another topic`,
    ];
  }

  #replicaProblems({ brokers, partitions }: TopicView): string[] {
    const fewest = Math.min(...partitions.map(({ replicas }) => replicas));
    if (brokers.size < BROKERS_FOR_REPLICAS || fewest >= REPLICATION_FACTOR) return [];
    return [
      `the replication factor is ${fewest}, not ${REPLICATION_FACTOR}: events are gone with the brokers that hold them; ` +
        `mend it with kafka-reassign-partitions.sh --bootstrap-server ${this.#bootstrap} --execute, with three replicas for each partition of ${this.cluster.topic}`,
    ];
  }

  #settingProblem({ name, wanted, otherwise }: Setting, config: Config): string {
    const is = config.get(name) ?? 'unknown';
    return (
      `${name} is ${is}, not ${wanted}: ${otherwise}; mend it with kafka-configs.sh --bootstrap-server ${this.#bootstrap} ` +
      `--entity-type topics --entity-name ${this.cluster.topic} --alter --add-config ${name}=${wanted}`
    );
  }

  get #bootstrap(): string {
    return this.brokers.join(',');
  }
}
