import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { LogUnavailable } from '@ledgerline/es-core';
import { readGenesis } from '@ledgerline/es-core/adapter';
import { usingDataDir } from '../storage/data-dir.js';
import { openEmbeddedLog } from './open-embedded-log.js';

export interface EmbeddedLogsToFind {
  /** The data directory. */
  readonly directory: string;
  /** The topics that are not looked for. */
  readonly known: readonly string[];
}

/**
 * The topics in the data directory, beside the known ones, that begin with a genesis record; in order.
 * @throws EnvironmentDamaged, LogMisconfigured where one cannot be looked at
 */
export const findEmbeddedLogs = async ({ directory, known }: EmbeddedLogsToFind): Promise<readonly string[]> => {
  const found: string[] = [];
  for (const topic of topicsIn(join(directory, 'log')))
    if (!known.includes(topic) && (await beginsWithGenesis(directory, topic))) found.push(topic);
  return found.sort();
};

const topicsIn = (directory: string): readonly string[] =>
  usingDataDir(directory, () => {
    try {
      return readdirSync(directory, { withFileTypes: true }).flatMap((one) => (one.isDirectory() ? [one.name] : []));
    } catch (error) {
      // Whoever opens a log there says what is wrong with the directory.
      if (['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '')) return [];
      throw error;
    }
  });

const beginsWithGenesis = async (directory: string, topic: string): Promise<boolean> => {
  try {
    const log = await openEmbeddedLog({ directory, topic, partitions: 1, role: 'reader', pollMs: 0 });
    try {
      return (await readGenesis(log)) !== undefined;
    } finally {
      await log.close();
    }
  } catch (error) {
    // It was made and nothing was written yet, or it is a directory of somebody's.
    if (error instanceof LogUnavailable) return false;
    throw error;
  }
};
