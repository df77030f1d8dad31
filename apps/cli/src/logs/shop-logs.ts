import type { Platform } from '@ledgerline/es-core';
import type { PartitionedLog, Storage } from '@ledgerline/es-core/adapter';
import { environment, readConfig, storageOf } from '@ledgerline/shop-environment';
import { TOPICS } from './topics.js';
import { requireKnownTopics } from './unknown-topics.js';

/** The topics of the shop, open for reading: what is asked of the logs themselves, for which no service has to run. */
export interface ShopLogs {
  readonly platform: Platform;
  readonly logs: readonly PartitionedLog[];
}

/** Works with the storage that the environment names. */
export const withStorage = async <T>(run: (storage: Storage) => Promise<T>): Promise<T> =>
  run(await storageOf(readConfig(environment, process.env)));

/** Works on all topics, as a reader. @throws LogUnavailable while a topic is not there. @throws EsError `unknown-topic` */
export const withLogs = async <T>(
  storage: Storage,
  run: (logs: readonly PartitionedLog[]) => Promise<T>,
): Promise<T> => {
  await requireKnownTopics(storage);
  const logs: PartitionedLog[] = [];
  try {
    for (const topic of TOPICS) logs.push(await storage.openLog(topic, { role: 'reader' }));
    return await run(logs);
  } finally {
    for (const log of logs) await log.close();
  }
};

/** As `withLogs`, where the logs are all that is needed. */
export const withShopLogs = <T>(work: (shop: ShopLogs) => Promise<T>): Promise<T> =>
  withStorage((storage) => withLogs(storage, (logs) => work({ platform: storage.platform, logs })));
