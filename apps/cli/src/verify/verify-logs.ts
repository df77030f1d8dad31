import { verifyChain } from '@ledgerline/es-core';
import { ordersTopic, paymentsTopic } from '@ledgerline/events';
import { type PartitionVerdict, verifyPartition } from './verify-partition.js';

/** The verdict on every partition of every topic, read from the log itself: no service has to run. */
export const verifyLogs = async (onPartition: (name: string) => void): Promise<readonly PartitionVerdict[]> => {
  // Loaded here, because it takes a while and no other verb needs it.
  const { adaptersFor, environment, readConfig } = await import('@ledgerline/es-nest');
  const adapters = await adaptersFor(readConfig(environment, process.env));
  const verdicts: PartitionVerdict[] = [];
  for (const { topic } of [ordersTopic, paymentsTopic]) {
    const log = await adapters.foreignLog(topic);
    try {
      const logId = await verifyChain(log, adapters.platform);
      for (let partition = 0; partition < log.partitions; partition += 1) {
        onPartition(`${topic}/${partition}`);
        verdicts.push(await verifyPartition({ log, logId, partition, platform: adapters.platform }));
      }
    } finally {
      await log.close();
    }
  }
  return verdicts;
};
