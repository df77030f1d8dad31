import { randomUUID } from 'node:crypto';
import { type PartitionedLog, provisionChain } from '@ledgerline/es-core/adapter';
import { nodePlatform } from '@ledgerline/es-embedded';
import { createKafkaTopic, type KafkaConnection, openKafkaLog } from '@ledgerline/es-kafka';
import { startKafka } from '@ledgerline/local-servers';
import { inDirectory } from '../measure.js';

export const PARTITIONS = 4;

/** A broker for one benchmark: the environment's, or one of its own that ends with it. */
export const onKafka = async <T>(use: (connection: KafkaConnection) => Promise<T>): Promise<T> => {
  const given = process.env['KAFKA_BROKERS']?.trim();
  if (given) return use(connectionTo(given.split(',')));
  return inDirectory(async (directory) => {
    const cluster = await startKafka({ brokers: 1, directory });
    try {
      return await use(connectionTo(cluster.brokers));
    } finally {
      await cluster.close();
    }
  });
};

const connectionTo = (brokers: readonly string[]): KafkaConnection => ({ brokers, clientId: 'benchmark' });

/** A new topic with its genesis records, open for writing. */
export const newLog = async (connection: KafkaConnection): Promise<PartitionedLog> => {
  const options = { connection, topic: `benchmark-${randomUUID()}`, partitions: PARTITIONS };
  await createKafkaTopic(options);
  const log = await openKafkaLog(options);
  await provisionChain(log, nodePlatform);
  return log;
};
