import type { Adapters } from '@ledgerline/es-nest/adapters';

/** All services that work on a data directory. */
const SERVICES = ['order-service', 'payment-service', 'projection-service'] as const;

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
