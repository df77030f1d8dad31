import type { Platform } from '@ledgerline/es-core';
import { type PartitionedLog, requireReliable } from '@ledgerline/es-core/adapter';
import { type Restoration, verifyChain } from '@ledgerline/es-core/runtime';
import { RestoreRefused } from '../format/backup.errors.js';
import type { Manifest, TopicEntry } from '../format/manifest.js';
import type { BackupDisk } from '../storage/backup-disk.port.js';
import { requireSound } from '../verify/require-sound.js';
import { type BackupVerdict, verifyBackup, type VerifyBackupOptions } from '../verify/verify-backup.js';
import { claim } from './claim.js';
import { restorePartition } from './restore-partition.js';
import { RestoreTarget } from './restore-target.js';

/** How far a partition has come. */
export interface RestoreProgress {
  readonly topic: string;
  readonly partition: number;
  readonly ordinal: number;
  readonly of: number;
}

export interface RestoreOptions extends Pick<VerifyBackupOptions, 'onPartition'> {
  readonly disk: BackupDisk;
  readonly platform: Platform;
  /** The topics that there may be. */
  readonly topics: readonly string[];
  /** Opens a topic for writing, making it with so many partitions where it is missing, without genesis records. Closed again by the restore. */
  readonly openLog: (topic: string, partitions: number) => Promise<PartitionedLog>;
  readonly onProgress?: (progress: RestoreProgress) => void;
}

export interface RestoreResult {
  readonly manifest: Manifest;
  /** Of each topic, the incarnation of the log that began. */
  readonly incarnations: readonly { readonly topic: string; readonly incarnation: string }[];
  /** True where it went on with a restore that had been ended. */
  readonly resumed: boolean;
}

/**
 * Fills empty logs with the records of a backup, byte for byte: hashes, ordinals and positions are those of the log that was backed
 * up. The whole backup is verified before anything is written, and the log by its chain afterwards. One that is killed is
 * finished by the next call; until then nobody can write or read the log.
 * @throws RestoreRefused, LogMisconfigured: nothing was written. @throws LogUnavailable: the next call goes on.
 */
export const restore = async (options: RestoreOptions): Promise<RestoreResult> => {
  const verdict = await verifyBackup(options);
  const manifest = requireSound(options.disk, verdict);
  requireKnown(options, manifest);
  const logs = new Map<TopicEntry, PartitionedLog>();
  try {
    for (const entry of manifest.topics) logs.set(entry, await options.openLog(entry.topic, entry.partitions.length));
    const targets: RestoreTarget[] = [];
    for (const [entry, log] of logs) targets.push(await targetOf(options, { entry, log, verdict }));
    if (targets.every(({ state }) => state === 'restored')) throw alreadyRestored(targets);
    const incarnations = [];
    for (const target of targets) {
      const { incarnation } = await fill(options, target);
      incarnations.push({ topic: target.entry.topic, incarnation });
    }
    return { manifest, incarnations, resumed: targets.some(({ state }) => state !== 'empty') };
  } finally {
    for (const log of logs.values()) await log.close();
  }
};

const fill = async ({ disk, platform, onProgress }: RestoreOptions, target: RestoreTarget): Promise<Restoration> => {
  const restoration = await claim(target, { disk, platform });
  for (const entry of target.entry.partitions)
    await restorePartition({
      ...{ disk, platform, restoration, entry, log: target.log },
      onOrdinal: (ordinal) =>
        onProgress?.({ topic: target.entry.topic, partition: entry.partition, ordinal, of: entry.ordinal }),
    });
  await verifyChain(target.log, platform);
  return restoration;
};

const requireKnown = ({ topics }: RestoreOptions, manifest: Manifest): void => {
  const unknown = manifest.topics.find(({ topic }) => !topics.includes(topic));
  if (unknown)
    throw new RestoreRefused(
      'restore-mismatch',
      `the backup holds ${unknown.topic}, which is no topic here; nothing was restored`,
    );
};

interface Candidate {
  readonly entry: TopicEntry;
  readonly log: PartitionedLog;
  readonly verdict: BackupVerdict;
}

const targetOf = async ({ platform }: RestoreOptions, { entry, log, verdict }: Candidate): Promise<RestoreTarget> => {
  const { topic, partitions } = entry;
  if (log.partitions !== partitions.length)
    throw new RestoreRefused(
      'restore-mismatch',
      `the backup of ${topic} has ${partitions.length} partitions, the topic ${log.partitions}: delete it, and the restore makes it, or set another KAFKA_TOPIC_PREFIX or DATA_DIR; nothing was restored`,
    );
  await requireReliable(log);
  const largest = verdict.largestCommit.get(topic) ?? 0;
  if (largest > log.maxBatchBytes)
    throw new RestoreRefused(
      'restore-mismatch',
      `the backup of ${topic} has a command whose events take ${largest} bytes together, and the log takes ${log.maxBatchBytes} at once: raise its largest message; nothing was restored`,
    );
  return await RestoreTarget.look(entry, log, platform);
};

const alreadyRestored = ([first]: readonly RestoreTarget[]): RestoreRefused =>
  new RestoreRefused(
    'log-not-empty',
    `${first?.entry.topic} was restored from this backup before; nothing was written`,
  );
