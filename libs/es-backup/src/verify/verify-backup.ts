import type { Platform } from '@ledgerline/es-core';
import { PARTITION_HASH, RECORD_HASH } from '@ledgerline/es-core/runtime';
import { BackupRefused } from '../format/backup.errors.js';
import { foreignFiles, reading } from '../format/files.js';
import { type Manifest, MANIFEST, readManifest } from '../format/manifest.js';
import type { BackupDisk } from '../storage/backup-disk.port.js';
import { type BackupProblem, foldPartition } from './fold-segments.js';

export type { BackupProblem } from './fold-segments.js';

export interface BackupVerdict {
  /** Absent where it cannot be read; `problems` says why. */
  readonly manifest?: Manifest;
  readonly problems: readonly BackupProblem[];
  /** Bytes of the largest commit of each topic, as a log counts them. */
  readonly largestCommit: ReadonlyMap<string, number>;
}

export interface VerifyBackupOptions {
  readonly disk: BackupDisk;
  readonly platform: Platform;
  readonly onPartition?: (topic: string, partition: number) => void;
}

/**
 * Looks at everything: each file's size and hash, each record's place in the chain from genesis on, and that all of it leads to the
 * heads that the manifest names. Nothing is changed. @throws BackupDiskFailed
 */
export const verifyBackup = async (options: VerifyBackupOptions): Promise<BackupVerdict> => {
  const { disk } = options;
  const largestCommit = new Map<string, number>();
  const sizes = await reading(disk, () => disk.list());
  const foreign = foreignFiles(sizes.keys()).map((file): BackupProblem => {
    return { file, reason: 'foreign', message: 'no backup has made this file' };
  });
  const manifest = await manifestOf(disk);
  if ('reason' in manifest) return { problems: [manifest, ...foreign], largestCommit };
  const problems = [...foreign];
  for (const topic of manifest.topics)
    for (const entry of topic.partitions) {
      options.onPartition?.(topic.topic, entry.partition);
      const fold = await reading(disk, () => foldPartition({ ...options, sizes, topic }, entry));
      problems.push(...fold.problems);
      largestCommit.set(topic.topic, Math.max(largestCommit.get(topic.topic) ?? 0, fold.largestCommit));
    }
  return { manifest, problems, largestCommit };
};

const REASONS = { 'backup-newer': 'newer', 'backup-foreign': 'foreign', 'backup-damaged': 'corrupt' } as const;

const manifestOf = async (disk: BackupDisk): Promise<Manifest | BackupProblem> => {
  try {
    const manifest = await readManifest(disk, MANIFEST);
    return manifest ? (problemIn(manifest) ?? manifest) : missing(disk);
  } catch (error) {
    const reason = error instanceof BackupRefused && REASONS[error.code as keyof typeof REASONS];
    if (!reason) throw error;
    return { file: MANIFEST, reason, message: error.message };
  }
};

const missing = (disk: BackupDisk): BackupProblem => ({
  ...{ file: MANIFEST, reason: 'missing' },
  message: `${disk.name} holds no backup that was finished`,
});

/** Made by rules that this program does not have. */
const problemIn = ({ topics }: Manifest): BackupProblem | undefined => {
  const other = topics.find((one) => one.partitionHash !== PARTITION_HASH || one.recordHash !== RECORD_HASH);
  return (
    other && {
      ...{ file: MANIFEST, reason: 'newer' },
      message: `${other.topic} was made with the hashes ${other.partitionHash} and ${other.recordHash}, this program has ${PARTITION_HASH} and ${RECORD_HASH}: use the version that made it`,
    }
  );
};
