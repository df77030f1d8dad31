import { verifyChain } from '@ledgerline/es-core';
import { withShopLogs } from '../logs/shop-logs.js';
import { type PartitionVerdict, verifyPartition } from './verify-partition.js';

/** The verdict on every partition of every topic, read from the log itself: no service has to run. */
export const verifyLogs = (onPartition: (name: string) => void): Promise<readonly PartitionVerdict[]> =>
  withShopLogs(async ({ logs, platform }) => {
    const verdicts: PartitionVerdict[] = [];
    for (const log of logs) {
      const logId = await verifyChain(log, platform);
      for (let partition = 0; partition < log.partitions; partition += 1) {
        onPartition(`${log.topic}/${partition}`);
        verdicts.push(await verifyPartition({ log, logId, partition, platform }));
      }
    }
    return verdicts;
  });
