import type { Adapters, Instances } from '@ledgerline/es-nest';
import type { Life } from './life.js';

/**
 * Adapters of one process: once its life is over, nothing is written through them. What was on its way to the disk or to a broker then
 * may arrive; nobody is told.
 */
export const mortalAdapters = (adapters: Adapters, life: Life): Adapters => {
  const { instances } = adapters;
  return {
    ...adapters,
    ownLog: async (topic) => mortal(await adapters.ownLog(topic), life, ['append']),
    index: async (...given) => mortal(await adapters.index(...given), life, ['write', 'writeNote', 'clear']),
    progress: (service) => mortal(adapters.progress(service), life, ['save']),
    readModels: async () =>
      mortal(await adapters.readModels(), life, ['write', 'drop', 'saveCheckpoint', 'saveRecord']),
    ...(instances && { instances: (options) => mortalInstances(instances(options), life) }),
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
