import { replyTopicOf } from '../commands/kafka/reply-topic.js';
import type { ServiceConfig } from '../config/environment.js';
import { kafkaConnection } from '../config/kafka-connection.js';

export interface KnownTopics {
  /** Topics that hold a log. At least one. */
  readonly logs: readonly string[];
  /** Topics that commands are sent over. */
  readonly commands: readonly string[];
}

/** Topics that nobody named. */
export interface UnknownTopics {
  /** Of this system: each begins with a genesis record. */
  readonly logs: readonly string[];
  /** On Kafka, under the prefix: what they hold this principal may not read. */
  readonly unreadable: readonly string[];
}

/** What lies beside the known topics where the configuration says that the logs are. @throws LogUnavailable, LogMisconfigured, DataDirUnusable */
export const findUnknownTopics = async (config: ServiceConfig, known: KnownTopics): Promise<UnknownTopics> => {
  const connection = kafkaConnection(config, 'ledgerline');
  if (connection) {
    const { findKafkaLogs } = await import('@ledgerline/es-kafka');
    const withoutLog = known.commands.flatMap((topic) => [topic, replyTopicOf(topic)]);
    return await findKafkaLogs({ connection, known: known.logs, withoutLog });
  }
  const { findEmbeddedLogs } = await import('@ledgerline/es-embedded');
  return { logs: await findEmbeddedLogs({ directory: config.DATA_DIR, known: known.logs }), unreadable: [] };
};
