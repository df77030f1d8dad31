import { type Admin, Kafka, type KafkaConfig, logLevel } from 'kafkajs';

/** kafkajs as its users have it, but for what it prints: nothing. */
export const kafkaClient = (brokers: readonly string[], config: Partial<KafkaConfig> = {}): Kafka =>
  new Kafka({ clientId: 'specs', brokers: [...brokers], logLevel: logLevel.NOTHING, ...config });

/** Does something as an administrator, with a connection of its own. */
export const withAdmin = async <T>(kafka: Kafka, work: (admin: Admin) => Promise<T>): Promise<T> => {
  const admin = kafka.admin();
  try {
    await admin.connect();
    return await work(admin);
  } finally {
    await admin.disconnect();
  }
};

/** Where the partitions of a topic end, in their order. */
export const topicEnds = async (kafka: Kafka, topic: string): Promise<readonly number[]> => {
  const partitions = await withAdmin(kafka, (admin) => admin.fetchTopicOffsets(topic));
  return partitions.sort((a, b) => a.partition - b.partition).map(({ high }) => Number(high));
};
