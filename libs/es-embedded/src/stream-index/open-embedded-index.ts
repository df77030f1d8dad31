import { existsSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { StreamIndex } from '@ledgerline/es-core/adapter';
import { openFormatted } from '../storage/environment.js';
import { EnvironmentDamaged } from '../storage/environment-damaged.error.js';
import { EmbeddedIndex } from './embedded-index.js';
import { INDEX_VERSION } from './index-entries.js';

export interface EmbeddedIndexOptions {
  /** The data directory; the index lies in `index/<service>` inside it. */
  readonly directory: string;
  readonly service: string;
  /** Called when what was there could not be used and an empty index took its place; the caller catches up from the log. */
  readonly onRebuild?: (reason: string) => void;
}

const REMEDY = 'it is a cache and is made anew';

/**
 * Four times LMDB's own. A write touches one page of each stream: of larger pages there are fewer, and a catch-up on a million events
 * of 50,000 streams costs LMDB half as much.
 */
const PAGE_SIZE = 16_384;

/**
 * Opens the service's index, making it where there is none. It is only a cache of the log: one that is damaged, foreign or
 * of another version is moved to `<service>.unusable`, and an empty one takes its place.
 * A write is visible when it resolves and is on disk soon after; a power loss may lose the last writes, whole ones only.
 */
export const openEmbeddedIndex = async (options: EmbeddedIndexOptions): Promise<StreamIndex> => {
  const directory = join(options.directory, 'index', options.service);
  const format = { format: 'ledgerline-index', version: INDEX_VERSION, service: options.service };
  const open = async () =>
    new EmbeddedIndex(
      await openFormatted({ directory, durable: false, remedy: REMEDY, pageSize: PAGE_SIZE }, format),
      format,
    );
  try {
    return await open();
  } catch (error) {
    if (!(error instanceof EnvironmentDamaged)) throw error;
    moveAside(directory);
    const index = await open();
    options.onRebuild?.(error.message);
    return index;
  }
};

const moveAside = (directory: string): void => {
  const aside = `${directory}.unusable`;
  if (existsSync(aside)) rmSync(aside, { recursive: true });
  renameSync(directory, aside);
};
