import type { Kafka, KafkaConfig } from 'kafkajs';

/** Messages that nobody can read, and why. */
export interface Refusal {
  readonly firstOffset: string;
  readonly lastOffset: string;
  readonly reason: string;
}

/** How commands are taken from topics of Kafka: what a storage brings whose log is there. */
export interface CommandBroker {
  /** What one client of kafkajs is made with, so that it reaches the brokers as the log does. */
  clientOptions(): Omit<KafkaConfig, 'logCreator' | 'retry'>;
  /** What a topic or a group is called there. */
  nameOnCluster(name: string): string;
  /** Resolves when there are topics of these names on the cluster. @throws LogUnavailable, LogMisconfigured */
  requireTopics(topics: readonly string[]): Promise<void>;
  /** Why a message says nothing itself: it stands for a batch that could not be read. */
  refusalOf(message: object): Refusal | undefined;
  /** Has consumers of the client read no more at once than memory holds, and go on behind what cannot be read. */
  withBoundedFetching(client: Kafka): Kafka;
}
