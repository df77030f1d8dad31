import { accessSync, constants as modes, mkdirSync, statSync } from 'node:fs';
import { constants as system } from 'node:os';
import { DataDirUnusable } from './data-dir-unusable.error.js';

/** Makes the directory where there is none. @throws DataDirUnusable also when it is there, but not to be read and written. */
export const makeDirectory = (directory: string): void => {
  usingDataDir(directory, () => {
    mkdirSync(directory, { recursive: true });
    accessSync(directory, modes.R_OK | modes.W_OK | modes.X_OK);
  });
};

/** @throws DataDirUnusable when something is there, but no directory that can be read. */
export const requireNoObstacle = (directory: string): void => {
  const found = usingDataDir(directory, () => statSync(directory, { throwIfNoEntry: false }));
  if (found && !found.isDirectory()) throw new DataDirUnusable(directory, 'EEXIST');
  if (found) usingDataDir(directory, () => accessSync(directory, modes.R_OK | modes.X_OK));
};

/** What `use` answers. @throws DataDirUnusable where the operating system does not let it. */
export const usingDataDir = <T>(path: string, use: () => T): T => {
  try {
    return use();
  } catch (error) {
    const reason = refusalIn(error);
    if (reason === undefined) throw error;
    throw new DataDirUnusable(path, reason, { cause: error });
  }
};

/** `EACCES`: Node says it in words, LMDB in numbers of the operating system. */
const refusalIn = (error: unknown): string | undefined => {
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined;
  if ('syscall' in error) return String(error.code);
  return (['EACCES', 'EPERM', 'EROFS'] as const).find((name) => system.errno[name] === error.code);
};
