import { join } from 'node:path';
import { EsError } from '@ledgerline/es-core';
import { makeDirectory, usingDataDir } from '../storage/data-dir.js';
import { claim } from './claims.js';
import { thisProcess } from './process-identity.js';

/** Another process of the same service works on the data directory. */
export class DataDirInUse extends EsError {
  constructor(directory: string, name: string, pid: number) {
    super(
      'data-dir-in-use',
      `${name} is already running on ${directory}, as process ${pid}: stop it, or use another data directory`,
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

/**
 * Makes this process the only one of its service on the data directory. A lock whose owner was killed does not block,
 * and of several processes that find such a lock exactly one gets it.
 * @throws DataDirInUse when its owner is running; DataDirUnusable when the directory cannot be made or used.
 */
export const lockDataDir = ({ directory, name }: DataDirLockOptions): DataDirLock => {
  const path = join(directory, 'locks', name);
  for (const one of [directory, join(directory, 'locks'), path]) makeDirectory(one);
  const release = usingDataDir(path, () => claim(path, thisProcess()));
  if (typeof release !== 'function') throw new DataDirInUse(directory, name, release.pid);
  let isFree = false;
  const free = (): void => {
    process.off('exit', free);
    if (!isFree) release();
    isFree = true;
  };
  process.once('exit', free);
  return { close: async () => free() };
};
