import type { Instances, Storage } from '@ledgerline/es-core/adapter';
import type { Life } from './life.js';

/**
 * The storage of one process: once its life is over, nothing is written through it. What was on its way to the disk or to a broker then
 * may arrive; nobody is told.
 */
export const mortalStorage = <S extends Storage>(storage: S, life: Life): S => {
  const { openInstances } = storage;
  return {
    ...storage,
    openLog: async (topic, options) => mortal(await storage.openLog(topic, options), life, ['append']),
    openIndex: async (...given) => mortal(await storage.openIndex(...given), life, ['write', 'writeNote', 'clear']),
    openProgress: (service) => mortal(storage.openProgress(service), life, ['save']),
    openReadModels: async () =>
      mortal(await storage.openReadModels(), life, ['write', 'drop', 'saveCheckpoint', 'saveRecord']),
    ...(openInstances && { openInstances: (options) => mortalInstances(openInstances(options), life) }),
  };
};

const mortalInstances = (instances: Instances, life: Life): Instances =>
  replaced(instances, (name, method) =>
    name === 'progress' ? (topic: string) => mortal(instances.progress(topic), life, ['save']) : method,
  );

/** The target, whose methods of these names work only during the life. */
const mortal = <T extends object>(target: T, life: Life, names: readonly (keyof T)[]): T =>
  replaced(target, (name, method) =>
    names.includes(name as keyof T)
      ? async (...args: readonly unknown[]): Promise<unknown> => {
          life.check();
          const result: unknown = await method(...args);
          life.check();
          return result;
        }
      : method,
  );

type Method = (...args: readonly unknown[]) => unknown;

const replaced = <T extends object>(target: T, replace: (name: string | symbol, method: Method) => unknown): T =>
  new Proxy(target, {
    get: (_, name) => {
      const value: unknown = Reflect.get(target, name, target);
      if (typeof value !== 'function') return value;
      return replace(name, (...args) => Reflect.apply(value, target, args) as unknown);
    },
  });
