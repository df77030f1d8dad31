import type { BackupDisk } from '../storage/backup-disk.port.js';
import { BackupDiskFailed } from './backup.errors.js';
import { type Manifest, MANIFEST } from './manifest.js';

/** Removes what the manifest, which is in its place, does not name: of runs that were ended, or replaced by what is newer. */
export const removeUnnamed = async (disk: BackupDisk, { topics }: Manifest): Promise<void> => {
  const segments = topics.flatMap(({ partitions }) => partitions.flatMap((partition) => partition.segments));
  const named = new Set([MANIFEST, ...segments.map(({ file }) => file)]);
  try {
    for (const path of (await disk.list()).keys()) if (!named.has(path)) await disk.remove(path);
  } catch (cause) {
    throw new BackupDiskFailed(disk.name, 'what is not needed any more could not be removed', cause);
  }
};
