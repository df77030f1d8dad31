import { join } from 'node:path';
import { EsError } from '@ledgerline/es-core';
import { makeDirectory } from '../storage/data-dir.js';
import { type Environment, openEnvironment } from '../storage/environment.js';
import { isRunning, type ProcessIdentity, thisProcess } from './process-identity.js';

/** Another process of the same service works on the data directory. */
export class DataDirInUse extends EsError {
  constructor(directory: string, name: string, pid: number) {
    super(
      'data-dir-in-use',
      `${name} is already running on ${directory}, as process ${pid}: stop it, or set another DATA_DIR`,
      false,
      {
        directory,
        name,
        pid,
      },
    );
  }
}

export interface DataDirLockOptions {
  readonly directory: string;
  /** The service; different ones share a data directory. */
  readonly name: string;
}

export interface DataDirLock {
  /** Lets another process in. Safe to repeat; also happens when the process exits by itself. */
  close(): Promise<void>;
}

const REMEDY = 'stop all services and delete this directory: it holds nothing but their locks';

/**
 * Makes this process the only one of its service on the data directory. A lock whose owner was killed does not block,
 * and of several processes that find such a lock exactly one gets it.
 * @throws DataDirInUse when its owner is running; DataDirUnusable when the directory cannot be made or used.
 */
export const lockDataDir = ({ directory, name }: DataDirLockOptions): DataDirLock => {
  const path = join(directory, 'locks');
  makeDirectory(directory);
  makeDirectory(path);
  // LMDB lets one process at a time into a write transaction and survives one that is killed in there.
  const environment = openEnvironment({ directory: path, durable: true, remedy: REMEDY });
  const me = thisProcess();
  const owner = environment.transactionSync(() => take(environment, name, me));
  if (owner) {
    void environment.close();
    throw new DataDirInUse(directory, name, owner.pid);
  }
  return release(environment, name);
};

/** Takes the lock, or answers the running process that has it. */
const take = (environment: Environment, name: string, me: ProcessIdentity): ProcessIdentity | undefined => {
  const stored = environment.get(keyOf(name));
  const owner = stored && (JSON.parse(stored.toString()) as ProcessIdentity);
  if (owner && isRunning(owner)) return owner;
  environment.putSync(keyOf(name), Buffer.from(JSON.stringify(me)));
  return undefined;
};

const release = (environment: Environment, name: string): DataDirLock => {
  let closing: Promise<void> | undefined;
  const free = (): void => void environment.removeSync(keyOf(name));
  process.once('exit', free);
  const close = async (): Promise<void> => {
    process.off('exit', free);
    free();
    await environment.close();
  };
  return { close: () => (closing ??= close()) };
};

const keyOf = (name: string): Buffer => Buffer.from(name);
