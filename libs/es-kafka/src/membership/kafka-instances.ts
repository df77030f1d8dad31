import type { InstanceAddress, Instances, InstancesOptions, ReactorProgress } from '@ledgerline/es-core/adapter';
import { type KafkaConnection, nameOnCluster } from '../kafka-connection.js';
import type { Address } from '../wire/address.js';
import type { GroupTopic } from './assignor.js';
import { GroupMember } from './group-member.js';
import { GroupProgress } from './group-progress.js';

export interface KafkaInstancesOptions extends InstancesOptions {
  readonly connection: KafkaConnection;
  /** Without the connection's prefix. */
  readonly topics: readonly GroupTopic[];
  /** So long after its last sign of life an instance is held for dead. 10,000 unless said otherwise; brokers have limits. */
  readonly sessionTimeoutMs?: number;
  /** 1,000 unless said otherwise. */
  readonly heartbeatMs?: number;
  /** Where to dial a broker that says it is there; specs stand in between. */
  readonly dialled?: (address: Address) => Address;
}

const SESSION_TIMEOUT_MS = 10_000;
const HEARTBEAT_MS = 1_000;

/** The consumer group by which the instances of a service share out what there is. */
export const groupOf = (connection: KafkaConnection, service: string): string =>
  nameOnCluster(connection, `ledgerline.${service}`);

/** The living instances of a service, as one of them sees them. */
export class KafkaInstances implements Instances {
  readonly #member: GroupMember;
  readonly #groupId: string;
  readonly #progresses = new Map<string, GroupProgress>();

  constructor(private readonly options: KafkaInstancesOptions) {
    const { connection, service, topics, dialled } = options;
    const { sessionTimeoutMs = SESSION_TIMEOUT_MS, heartbeatMs = HEARTBEAT_MS } = options;
    const { address, secret, onStrangers = () => undefined } = options;
    this.#groupId = groupOf(connection, service);
    this.#member = new GroupMember({
      ...{ connection, groupId: this.#groupId, sessionTimeoutMs, heartbeatMs, address, secret, onStrangers, dialled },
      topics: topics.map(({ topic, partitions }) => ({ topic: nameOnCluster(connection, topic), partitions })),
      onHeld: (held) => options.onHeld((topic) => held[nameOnCluster(connection, topic)] ?? []),
      onTrouble: options.onTrouble,
    });
  }

  /**
   * Resolves when this instance was given its share: within a second where a broker answers and nobody else is slow, and
   * otherwise as soon as that is so. @throws LogMisconfigured when the brokers refuse it for good
   */
  join(): Promise<void> {
    return this.#member.join();
  }

  /** Names the time since which what this instance holds is certainly its own; undefined while that is not certain. */
  get term(): number | undefined {
    return this.#member.term;
  }

  /** True while nobody can have been given anything that `holder` does not know of, or is about to be told of. */
  get isInformed(): boolean {
    return this.#member.isInformed;
  }

  /** What this instance holds of the topic; nothing while it is being given out anew. */
  held(topic: string): readonly number[] {
    return this.#member.held(nameOnCluster(this.options.connection, topic));
  }

  /** Who was given the partition last, this instance included. */
  holder(topic: string, partition: number): InstanceAddress | undefined {
    return this.#member.holder(nameOnCluster(this.options.connection, topic), partition);
  }

  /** Calls `listener` whenever a term begins or ends, or something is given to somebody else, until the answer is called. */
  onChange(listener: () => void): () => void {
    return this.#member.onChange(listener);
  }

  /** So many partitions of the topic are shared out from then on. */
  resize(topic: string, partitions: number): void {
    this.#member.resize(nameOnCluster(this.options.connection, topic), partitions);
  }

  /** The progress of the service's reactor on the topic, shared by all instances. */
  progress(topic: string): ReactorProgress {
    const known = this.#progresses.get(topic);
    if (known) return known;
    const { connection } = this.options;
    const progress = new GroupProgress({
      ...{ connection, groupId: this.#groupId, member: this.#member, topic },
      topicOnCluster: nameOnCluster(connection, topic),
    });
    this.#progresses.set(topic, progress);
    return progress;
  }

  /** Gives up what it holds, so that the others go on at once; ends a join too. Safe to repeat. */
  async leave(): Promise<void> {
    await this.#member.leave();
    for (const progress of this.#progresses.values()) progress.close();
  }
}
