import { chmodSync, linkSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { type Cryptography, MasterKeyUnusable } from '@ledgerline/es-core/adapter';
import { makeDirectory, usingDataDir } from '../storage/data-dir.js';

/** The text of a file of master keys. @throws MasterKeyUnusable naming `variable` where it cannot be read */
export const readKeyFile = (path: string, variable: string): string => {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    throw new MasterKeyUnusable(variable, `names ${path}, which cannot be read (${codeIn(cause)})`, { cause });
  }
};

export const generatedKeyFile = (directory: string): string => join(directory, 'master.key');

export const hasKeyFile = (directory: string): boolean =>
  statSync(generatedKeyFile(directory), { throwIfNoEntry: false }) !== undefined;

/** Makes a master key for this data directory, for nobody but its user to read; false where another process was faster. */
export const generateKeyFile = (directory: string, cryptography: Pick<Cryptography, 'newKey'>): boolean => {
  makeDirectory(directory);
  const path = generatedKeyFile(directory);
  const draft = `${path}.${randomUUID()}`;
  return usingDataDir(path, () => {
    writeFileSync(
      draft,
      `# Personal data cannot be read without this key: keep a copy elsewhere.\n${cryptography.newKey()}\n`,
      {
        mode: 0o600,
      },
    );
    chmodSync(draft, 0o600);
    try {
      // Whole or not at all, and never in place of one that is there.
      linkSync(draft, path);
      return true;
    } catch (error) {
      if (codeIn(error) !== 'EEXIST') throw error;
      return false;
    } finally {
      rmSync(draft);
    }
  });
};

const codeIn = (error: unknown): string =>
  typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : 'unknown';
