import { MasterKeyUnusable } from '@ledgerline/es-core/adapter';
import type { MasterKeyText } from '@ledgerline/es-embedded';
import type { ServiceConfig } from './environment.js';

type MasterKeyConfig = Pick<ServiceConfig, 'MASTER_KEY' | 'MASTER_KEY_FILE'>;

/**
 * The master keys that the environment gives; undefined where it gives none. A file is read when they are needed.
 * @throws MasterKeyUnusable
 */
export const masterKeysIn = (
  { MASTER_KEY: text, MASTER_KEY_FILE: path }: MasterKeyConfig,
  readKeyFile: (path: string, source: string) => string,
): (() => MasterKeyText) | undefined => {
  if (text === undefined && path === undefined) return undefined;
  return () => {
    if (text !== undefined && path !== undefined)
      throw new MasterKeyUnusable('MASTER_KEY', 'must not be set together with MASTER_KEY_FILE');
    if (text !== undefined) return { text, source: 'MASTER_KEY' };
    return { text: readKeyFile(String(path), 'MASTER_KEY_FILE'), source: 'MASTER_KEY_FILE' };
  };
};
