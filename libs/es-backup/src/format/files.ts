import { EsError } from '@ledgerline/es-core';
import type { BackupDisk } from '../storage/backup-disk.port.js';
import { BackupDiskFailed, BackupRefused } from './backup.errors.js';
import { MANIFEST, UNFINISHED } from './manifest.js';

const TEMPORARY = '.tmp';
const OURS = new RegExp(
  String.raw`^(?:${MANIFEST}|${UNFINISHED}|[A-Za-z0-9._-]{1,200}/\d{1,6}/\d{10,16}-\d{10,16}\.ndjson\.gz)(?:\.tmp)?$`,
);

export const segmentFile = (topic: string, partition: number, first: number, last: number): string =>
  `${topic}/${partition}/${padded(first)}-${padded(last)}.ndjson.gz`;

/** So that the files of a partition are listed in their order. */
const padded = (ordinal: number): string => String(ordinal).padStart(10, '0');

/** Files that no backup has made. */
export const foreignFiles = (paths: Iterable<string>): readonly string[] =>
  [...paths].filter((path) => !OURS.test(path));

/** @throws BackupRefused when somebody else's files lie in the directory */
export const requireOwn = async (disk: BackupDisk): Promise<void> => {
  const [foreign] = foreignFiles((await reading(disk, () => disk.list())).keys());
  if (foreign !== undefined)
    throw new BackupRefused(
      'backup-foreign',
      `${disk.name} holds ${foreign}, which is not of a backup: give a directory that is empty or holds a backup of this log`,
    );
};

/** Writes the file so that it is there as a whole or not at all. @throws BackupDiskFailed */
export const writeFile = async (disk: BackupDisk, path: string, bytes: Uint8Array): Promise<void> => {
  const temporary = `${path}${TEMPORARY}`;
  try {
    await disk.put(temporary, bytes);
    await disk.rename(temporary, path);
  } catch (cause) {
    // What is left of it only takes up space; the next run removes it as well.
    await disk.remove(temporary).catch(() => undefined);
    throw new BackupDiskFailed(disk.name, `${path} could not be written`, cause);
  }
};

/** What `use` reads. @throws BackupDiskFailed */
export const reading = async <T>(disk: BackupDisk, use: () => Promise<T>): Promise<T> => {
  try {
    return await use();
  } catch (cause) {
    if (cause instanceof EsError) throw cause;
    throw new BackupDiskFailed(disk.name, 'it could not be read', cause);
  }
};
