import type { PartitionedLog } from '@ledgerline/es-core';
import type { Adapters } from '@ledgerline/es-nest';
import { ordersTopic, paymentsTopic } from '@ledgerline/events';

/** All topics of the shop, in the order in which they are looked at. */
export const TOPICS: readonly string[] = [ordersTopic.topic, paymentsTopic.topic];

/** All services that work on a data directory. */
const SERVICES = ['order-service', 'payment-service', 'projection-service'] as const;

/** Works with the adapters that the environment names. */
export const withAdapters = async <T>(run: (adapters: Adapters) => Promise<T>): Promise<T> => {
  // Loaded here, because it takes a while and few verbs need it.
  const { adaptersFor, environment, readConfig } = await import('@ledgerline/es-nest');
  return await run(await adaptersFor(readConfig(environment, process.env)));
};

/** Works on all topics, as a reader. @throws LogUnavailable while a topic is not there */
export const withLogs = async <T>(
  adapters: Adapters,
  run: (logs: readonly PartitionedLog[]) => Promise<T>,
): Promise<T> => {
  const logs: PartitionedLog[] = [];
  try {
    for (const topic of TOPICS) logs.push(await adapters.foreignLog(topic));
    return await run(logs);
  } finally {
    for (const log of logs) await log.close();
  }
};

/** Works while nobody else does so under these names. @throws EsError `data-dir-in-use` */
export const alone = async <T>(adapters: Adapters, names: readonly string[], run: () => Promise<T>): Promise<T> => {
  const locks: Awaited<ReturnType<Adapters['lock']>>[] = [];
  try {
    for (const name of names) locks.push(await adapters.lock(name));
    return await run();
  } finally {
    for (const lock of locks.reverse()) await lock.close();
  }
};

/** Works while none of the services runs on the data directory. */
export const withoutServices = <T>(adapters: Adapters, run: () => Promise<T>): Promise<T> =>
  alone(adapters, SERVICES, run);
