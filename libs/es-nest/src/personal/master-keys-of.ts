import { type KeyStore, MasterKeys, MasterKeyUnusable } from '@ledgerline/es-core';
import type { ServiceConfig } from '../config/environment.js';

interface KeyText {
  readonly text: string;
  /** The variable that it came from, or the file. */
  readonly source: string;
}

/**
 * The master keys that the configuration gives: MASTER_KEY, MASTER_KEY_FILE, or the file that was generated in the data
 * directory. It is generated where log, read models and keys are all embedded and no key was stored yet.
 * @throws MasterKeyUnusable
 */
export const masterKeysOf = async (
  config: ServiceConfig,
  keys: KeyStore,
  onGenerated: (path: string) => void,
): Promise<MasterKeys | undefined> => {
  const { nodeCryptography: cryptography, nodePlatform: platform } = await import('@ledgerline/es-embedded');
  const found = (await givenIn(config)) ?? (await generatedIn(config, keys, onGenerated));
  return found && MasterKeys.parse(found.text, { source: found.source, cryptography, platform });
};

const givenIn = async ({ MASTER_KEY: text, MASTER_KEY_FILE: path }: ServiceConfig): Promise<KeyText | undefined> => {
  if (text !== undefined && path !== undefined)
    throw new MasterKeyUnusable('MASTER_KEY', 'must not be set together with MASTER_KEY_FILE');
  if (text !== undefined) return { text, source: 'MASTER_KEY' };
  if (path === undefined) return undefined;
  const { readKeyFile } = await import('@ledgerline/es-embedded');
  return { text: readKeyFile(path, 'MASTER_KEY_FILE'), source: 'MASTER_KEY_FILE' };
};

const generatedIn = async (
  { DATA_DIR: directory, KAFKA_BROKERS: kafka, MONGODB_URI: mongo }: ServiceConfig,
  keys: KeyStore,
  onGenerated: (path: string) => void,
): Promise<KeyText | undefined> => {
  const { generatedKeyFile, generateKeyFile, hasKeyFile, nodeCryptography, readKeyFile } =
    await import('@ledgerline/es-embedded');
  const path = generatedKeyFile(directory);
  if (!hasKeyFile(directory)) {
    const isEmbedded = kafka === undefined && mongo === undefined;
    // In place of a key that was lost another one would only hide that.
    if (!isEmbedded || (await keys.masterKeys()).length > 0) return undefined;
    if (generateKeyFile(directory, nodeCryptography)) onGenerated(path);
  }
  const source = `MASTER_KEY_FILE (by default ${path})`;
  return { text: readKeyFile(path, source), source };
};
