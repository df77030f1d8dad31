import { LogMisconfigured, LogUnavailable } from '@ledgerline/es-core';
import { type LogProblem, RESTORE_A_BACKUP } from '@ledgerline/es-core/adapter';
import { BATCH_OVERHEAD } from '../record-batch/batch-header.js';
import type { Cluster } from '../wire/cluster.js';
import type { TopicView } from '../wire/metadata.js';
import {
  BROKERS_FOR_REPLICAS,
  maxMessageBytes,
  REPLICATION_FACTOR,
  type Setting,
  settingsFor,
} from './topic-settings.js';

type Config = ReadonlyMap<string, string>;

const GONE: LogProblem = {
  message: `there is no such topic any more, and what it held is gone; ${RESTORE_A_BACKUP}`,
  promise: 'broken',
};

const LEFT_ALONE =
  'the others hold nothing that counts, and are left alone. Kafka takes no partition away: to be rid of them, stop the services, back the log up with ' +
  '`npm run -s es -- backup DIRECTORY`, delete all topics of the log, and restore it with `npm run -s es -- restore DIRECTORY`';

/** Compares a topic with what it has to be. */
export class TopicGuard {
  constructor(
    private readonly cluster: Cluster,
    /** How many partitions the log has. */
    private readonly partitions: number,
    private readonly brokers: readonly string[],
  ) {}

  async problems(): Promise<readonly LogProblem[]> {
    const view = await this.cluster.refresh();
    if (view.partitions.length === 0) return [GONE];
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
    return maxMessageBytes(config.get('max.message.bytes')) - BATCH_OVERHEAD;
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

  #partitionProblems({ partitions }: TopicView): LogProblem[] {
    const has = `the topic has ${partitions.length} partitions, the log in it ${this.partitions}`;
    if (partitions.length > this.partitions) return [{ message: `${has}: ${LEFT_ALONE}`, promise: 'kept' }];
    if (partitions.length < this.partitions)
      return [{ message: `${has}: what the others held is gone; ${RESTORE_A_BACKUP}`, promise: 'broken' }];
    return [];
  }

  #replicaProblems({ brokers, partitions }: TopicView): LogProblem[] {
    const fewest = Math.min(...partitions.map(({ replicas }) => replicas));
    if (brokers.size < BROKERS_FOR_REPLICAS || fewest >= REPLICATION_FACTOR) return [];
    const message =
      `the replication factor is ${fewest}, not ${REPLICATION_FACTOR}: events are gone with the brokers that hold them; ` +
      `mend it with kafka-reassign-partitions.sh --bootstrap-server ${this.#bootstrap} --execute, with three replicas for each partition of ${this.cluster.topic}`;
    return [{ message, promise: 'weakened' }];
  }

  #settingProblem({ name, wanted, otherwise, promise }: Setting, config: Config): LogProblem {
    const is = config.get(name) ?? 'unknown';
    const message =
      `${name} is ${is}, not ${wanted}: ${otherwise}; mend it with kafka-configs.sh --bootstrap-server ${this.#bootstrap} ` +
      `--entity-type topics --entity-name ${this.cluster.topic} --alter --add-config ${name}=${wanted}`;
    return { message, promise };
  }

  get #bootstrap(): string {
    return this.brokers.join(',');
  }
}
