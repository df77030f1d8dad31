import { join } from 'node:path';
import type { KeyStore } from '@ledgerline/es-core/adapter';
import { openFormatted } from '../storage/environment.js';
import { EmbeddedKeys } from './embedded-keys.js';

export interface EmbeddedKeysOptions {
  /** The data directory; the keys lie in `keys` inside it. */
  readonly directory: string;
}

/** Unlike an index they are no cache: nothing makes them anew. */
const REMEDY = 'bring back a backup of the keys; without them personal data cannot be read, everything else can';

const FORMAT = { format: 'ledgerline-keys', version: 1 };

/**
 * Opens the keys of the data directory, making them where there are none. Several processes may have them open and write them.
 * @throws EnvironmentDamaged, DataDirUnusable
 */
export const openEmbeddedKeys = async (options: EmbeddedKeysOptions): Promise<KeyStore> => {
  const directory = join(options.directory, 'keys');
  return new EmbeddedKeys(await openFormatted({ directory, durable: true, remedy: REMEDY }, FORMAT));
};
