import { join } from 'node:path';
import type { ReadModelStore } from '@ledgerline/es-core/adapter';
import { closingOnFailure, openFormatted } from '../storage/environment.js';
import { EmbeddedReadModels } from './embedded-read-models.js';

export interface EmbeddedReadModelsOptions {
  /** The data directory; the documents lie in `read-models` inside it. */
  readonly directory: string;
}

const FORMAT = { format: 'ledgerline-read-models', version: 1 };
const REMEDY =
  'stop the projection service, move the directory away and start it again: read models are made from the log';

/**
 * Opens the store, making it where there is none. Other handles and processes may use it at the same time.
 * @throws EnvironmentDamaged when what lies in the directory is damaged or something else.
 */
export const openEmbeddedReadModels = async (options: EmbeddedReadModelsOptions): Promise<ReadModelStore> => {
  const directory = join(options.directory, 'read-models');
  const environment = await openFormatted({ directory, durable: true, remedy: REMEDY }, FORMAT);
  return await closingOnFailure(environment, async () => {
    const store = new EmbeddedReadModels(environment);
    await store.sweep();
    return store;
  });
};
