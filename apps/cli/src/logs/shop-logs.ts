import type { PartitionedLog, Platform } from '@ledgerline/es-core';
import { ordersTopic, paymentsTopic } from '@ledgerline/events';

/** The topics of the shop, open for reading: what is asked of the logs themselves, for which no service has to run. */
export interface ShopLogs {
  readonly platform: Platform;
  readonly logs: readonly PartitionedLog[];
}

/** Opens every topic where the environment says, and closes them when the work has ended. @throws LogUnavailable */
export const withLogs = async <T>(work: (shop: ShopLogs) => Promise<T>): Promise<T> => {
  // Loaded here, because it takes a while and few verbs need it.
  const { adaptersFor, environment, readConfig } = await import('@ledgerline/es-nest');
  const { foreignLog, platform } = await adaptersFor(readConfig(environment, process.env));
  const logs: PartitionedLog[] = [];
  try {
    for (const { topic } of [ordersTopic, paymentsTopic]) logs.push(await foreignLog(topic));
    return await work({ platform, logs });
  } finally {
    for (const log of logs) await log.close();
  }
};
