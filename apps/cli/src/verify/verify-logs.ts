import { verifyChain } from '@ledgerline/es-core/runtime';
import { clockLimitMs } from '../environment.js';
import { withShopLogs } from '../logs/shop-logs.js';
import { type PartitionVerdict, verifyPartition } from './verify-partition.js';

export interface VerifiedLogs {
  readonly partitions: readonly PartitionVerdict[];
  /** What is to be known of the topics although nothing in them is wrong: a partition that was added, a sentence each. */
  readonly notes: readonly string[];
}

/** The verdict on every partition of every topic, read from the log itself: no service has to run. */
export const verifyLogs = (onPartition: (name: string) => void): Promise<VerifiedLogs> =>
  withShopLogs(async ({ logs, platform }) => {
    const verdicts: PartitionVerdict[] = [];
    const notes: string[] = [];
    for (const log of logs) {
      const logId = await verifyChain(log, platform);
      notes.push(...(await log.problems()).map(({ message }) => `${log.topic}: ${message}`));
      for (let partition = 0; partition < log.partitions; partition += 1) {
        onPartition(`${log.topic}/${partition}`);
        verdicts.push(await verifyPartition({ log, logId, partition, platform, clockLimitMs: clockLimitMs() }));
      }
    }
    return { partitions: verdicts, notes };
  });
