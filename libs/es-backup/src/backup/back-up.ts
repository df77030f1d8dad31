import type { Platform } from '@ledgerline/es-core';
import type { LogBounds, PartitionedLog } from '@ledgerline/es-core/adapter';
import { PARTITION_HASH, RECORD_HASH, verifyChain } from '@ledgerline/es-core/runtime';
import { BackupRefused } from '../format/backup.errors.js';
import { reading, requireOwn, writeFile } from '../format/files.js';
import {
  bytesOfManifest,
  FORMAT,
  type Manifest,
  MANIFEST,
  type PartitionEntry,
  readManifest,
  type TopicEntry,
  UNFINISHED,
  VERSION,
} from '../format/manifest.js';
import { removeUnnamed } from '../format/remove-unnamed.js';
import { SEGMENT_BYTES } from '../format/segment.js';
import type { BackupDisk } from '../storage/backup-disk.port.js';
import { backUpPartition } from './back-up-partition.js';

/** How far a partition has come. */
export interface BackupProgress {
  readonly topic: string;
  readonly partition: number;
  readonly ordinal: number;
}

export interface BackupOptions {
  /** All that are to be in the backup. */
  readonly logs: readonly PartitionedLog[];
  readonly disk: BackupDisk;
  readonly platform: Platform;
  readonly onProgress?: (progress: BackupProgress) => void;
  /** So much text is one file. 4 MiB unless said otherwise. */
  readonly segmentBytes?: number;
}

export interface BackupResult {
  readonly manifest: Manifest;
  /** Records that were not in the backup before. */
  readonly added: number;
}

/** Progress is kept so often: what a kill costs. */
const KEEP_EVERY_MS = 2_000;

/**
 * Brings the backup in the directory up to where the logs end now; where there is none, begins one. It goes on behind what is
 * there already, and behind what an earlier run had written when it was ended, at whatever instant: until the new manifest takes the
 * old one's place the backup is the one before, whole. Writers need not stop: all logs' ends are looked up together, and what
 * comes later is for the next run.
 * @throws BackupRefused when the directory holds something else, or the log does not hold what was backed up. Nothing is changed.
 * @throws BackupDiskFailed; LogMisconfigured, LogUnavailable: the backup is the one before.
 */
export const backUp = async (options: BackupOptions): Promise<BackupResult> => {
  const { logs, disk, platform } = options;
  await requireOwn(disk);
  const before = await reading(disk, () => readManifest(disk, MANIFEST));
  const unfinished = await reading(disk, () => readManifest(disk, UNFINISHED));
  const base = unfinished ?? before;
  if (base) await requireFiles(disk, base);
  const topics = await Promise.all(logs.map((log) => topicEntry(log, platform, base)));
  requireAllTopics(disk, base, topics);
  const run = new BackupRun(options, { ...emptyManifest(platform), topics });
  await run.copy(await endsOf(logs));
  await run.finish();
  return { manifest: run.manifest, added: recordsIn(run.manifest) - recordsIn(before) };
};

/** One run: the manifest as it grows. */
class BackupRun {
  #keptAt: number;

  constructor(
    private readonly options: BackupOptions,
    public manifest: Manifest,
  ) {
    this.#keptAt = options.platform.now();
  }

  async copy(ends: ReadonlyMap<PartitionedLog, readonly LogBounds[]>): Promise<void> {
    const { disk, platform, onProgress, segmentBytes = SEGMENT_BYTES } = this.options;
    for (const [log, bounds] of ends)
      for (const [partition, { end }] of bounds.entries())
        await backUpPartition({
          ...{ log, partition, end, disk, platform, segmentBytes },
          topic: this.#topic(log.topic),
          onEntry: async (entry) => {
            this.#put(log.topic, entry);
            onProgress?.({ topic: log.topic, partition, ordinal: entry.ordinal });
            await this.#keep();
          },
        });
  }

  /** The one instant at which the new backup takes the old one's place; what only the old one needed is removed. */
  async finish(): Promise<void> {
    const { disk } = this.options;
    await writeFile(disk, MANIFEST, bytesOfManifest(this.manifest));
    await removeUnnamed(disk, this.manifest);
  }

  async #keep(): Promise<void> {
    const { disk, platform } = this.options;
    if (platform.now() - this.#keptAt < KEEP_EVERY_MS) return;
    await writeFile(disk, UNFINISHED, bytesOfManifest(this.manifest));
    this.#keptAt = platform.now();
  }

  #topic(name: string): TopicEntry {
    const found = this.manifest.topics.find(({ topic }) => topic === name);
    if (!found) throw new Error(`${name} is not part of the backup`);
    return found;
  }

  #put(name: string, entry: PartitionEntry): void {
    const topics = this.manifest.topics.map((one) =>
      one.topic === name
        ? { ...one, partitions: one.partitions.map((old) => (old.partition === entry.partition ? entry : old)) }
        : one,
    );
    this.manifest = { ...this.manifest, topics };
  }
}

const emptyManifest = (platform: Platform): Manifest => ({
  ...{ format: FORMAT, version: VERSION, time: new Date(platform.now()).toISOString(), topics: [] },
});

const recordsIn = (manifest: Manifest | undefined): number =>
  (manifest?.topics ?? []).flatMap(({ partitions }) => partitions).reduce((sum, { ordinal }) => sum + ordinal, 0);

/** Where all partitions of all logs end, as near to one instant as can be. */
const endsOf = async (logs: readonly PartitionedLog[]): Promise<ReadonlyMap<PartitionedLog, readonly LogBounds[]>> => {
  const ends = logs.map(async (log): Promise<[PartitionedLog, readonly LogBounds[]]> => [
    log,
    await Promise.all(Array.from({ length: log.partitions }, (_, partition) => log.bounds(partition))),
  ]);
  return new Map(await Promise.all(ends));
};

/** What the backup has of the log so far. @throws BackupRefused when that is of another log */
const topicEntry = async (log: PartitionedLog, platform: Platform, base: Manifest | undefined): Promise<TopicEntry> => {
  const logId = await verifyChain(log, platform);
  const known = base?.topics.find(({ topic }) => topic === log.topic);
  if (known && known.logId !== logId)
    throw new BackupRefused(
      'backup-of-another-log',
      `the backup is of ${log.topic} with the log id ${known.logId}, and this one has ${logId}: back it up to a directory of its own`,
    );
  const partitions = Array.from({ length: log.partitions }, (_, partition) => ({
    ...{ partition, ordinal: 0, head: '', time: '', segments: [] },
  }));
  return known ?? { topic: log.topic, logId, partitionHash: PARTITION_HASH, recordHash: RECORD_HASH, partitions };
};

const requireAllTopics = (disk: BackupDisk, base: Manifest | undefined, topics: readonly TopicEntry[]): void => {
  const missing = base?.topics.find(({ topic }) => !topics.some((one) => one.topic === topic));
  if (missing)
    throw new BackupRefused(
      'backup-of-another-log',
      `${disk.name} holds a backup of ${missing.topic} as well, which is not among the topics here: give another directory`,
    );
};

/** Nothing is built on a backup that is not whole. */
const requireFiles = async (disk: BackupDisk, base: Manifest): Promise<void> => {
  const sizes = await reading(disk, () => disk.list());
  for (const { partitions } of base.topics)
    for (const { segments } of partitions)
      for (const { file, bytes } of segments)
        if (sizes.get(file) !== bytes)
          throw new BackupRefused(
            'backup-damaged',
            `${disk.name}/${file} ${sizes.has(file) ? `has ${sizes.get(file)} bytes instead of ${bytes}` : 'is missing'}: \`es verify-backup\` shows what is left; back up to another directory`,
          );
};
