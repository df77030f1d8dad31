import type { Storage } from '@ledgerline/es-core/adapter';

/** All services that work on a data directory. */
const SERVICES = ['order-service', 'payment-service', 'projection-service'] as const;

/** Works while nobody else does so under these names. @throws EsError `data-dir-in-use` */
export const alone = async <T>(storage: Storage, names: readonly string[], run: () => Promise<T>): Promise<T> => {
  const locks: Awaited<ReturnType<Storage['lock']>>[] = [];
  try {
    for (const name of names) locks.push(await storage.lock(name));
    return await run();
  } finally {
    for (const lock of locks.reverse()) await lock.close();
  }
};

/** Works while none of the services runs on the data directory. */
export const withoutServices = <T>(storage: Storage, run: () => Promise<T>): Promise<T> =>
  alone(storage, SERVICES, run);
