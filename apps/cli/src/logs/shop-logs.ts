import type { PartitionedLog, Platform } from '@ledgerline/es-core';
import { type Adapters, adaptersFor, environment, readConfig } from '@ledgerline/es-nest/adapters';
import { TOPICS } from './topics.js';
import { requireKnownTopics } from './unknown-topics.js';

/** The topics of the shop, open for reading: what is asked of the logs themselves, for which no service has to run. */
export interface ShopLogs {
  readonly platform: Platform;
  readonly logs: readonly PartitionedLog[];
}

/** Works with the adapters that the environment names. */
export const withAdapters = async <T>(run: (adapters: Adapters) => Promise<T>): Promise<T> =>
  run(await adaptersFor(readConfig(environment, process.env)));

/** Works on all topics, as a reader. @throws LogUnavailable while a topic is not there. @throws EsError `unknown-topic` */
export const withLogs = async <T>(
  adapters: Adapters,
  run: (logs: readonly PartitionedLog[]) => Promise<T>,
): Promise<T> => {
  await requireKnownTopics();
  const logs: PartitionedLog[] = [];
  try {
    for (const topic of TOPICS) logs.push(await adapters.foreignLog(topic));
    return await run(logs);
  } finally {
    for (const log of logs) await log.close();
  }
};

/** As `withLogs`, where the logs are all that is needed. */
export const withShopLogs = <T>(work: (shop: ShopLogs) => Promise<T>): Promise<T> =>
  withAdapters((adapters) => withLogs(adapters, (logs) => work({ platform: adapters.platform, logs })));
