import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { ReadModelStore } from '@ledgerline/es-core';
import { openEnvironment, putFormat, readFormat } from '../storage/environment.js';
import { EnvironmentDamaged } from '../storage/environment-damaged.error.js';
import { EmbeddedReadModels } from './embedded-read-models.js';

export interface EmbeddedReadModelsOptions {
  /** The data directory; the documents lie in `read-models` inside it. */
  readonly directory: string;
}

const FORMAT = { format: 'ledgerline-read-models', version: 1 };
const REMEDY =
  'stop the projection service, move the directory away and start it again: read models are made from the log';

/**
 * Opens the store, making it where there is none. One process at a time.
 * @throws EnvironmentDamaged when what lies in the directory is damaged or something else.
 */
export const openEmbeddedReadModels = async (options: EmbeddedReadModelsOptions): Promise<ReadModelStore> => {
  const directory = join(options.directory, 'read-models');
  mkdirSync(directory, { recursive: true });
  const environment = openEnvironment({ directory, durable: true, remedy: REMEDY });
  try {
    const stored = readFormat(environment, REMEDY);
    if (!stored) await putFormat(environment, FORMAT);
    else if (JSON.stringify(stored) !== JSON.stringify(FORMAT))
      throw new EnvironmentDamaged(directory, `it says ${JSON.stringify(stored)}`, REMEDY);
    const store = new EmbeddedReadModels(environment);
    await store.sweep();
    return store;
  } catch (error) {
    await environment.close();
    throw error;
  }
};
