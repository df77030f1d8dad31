import type { Platform } from '@ledgerline/es-core';
import type { LogRecord, ReaderState } from '@ledgerline/es-core/adapter';
import { type Genesis, genesisRecord, PARTITION_HASH, RECORD_HASH } from '@ledgerline/es-core/runtime';
import { SegmentWriter } from '../backup/segment-writer.js';
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
  VERSION,
} from '../format/manifest.js';
import { removeUnnamed } from '../format/remove-unnamed.js';
import { SEGMENT_BYTES } from '../format/segment.js';
import { recordsOf } from '../restore/segment-records.js';
import type { BackupDisk } from '../storage/backup-disk.port.js';
import { requireSound } from '../verify/require-sound.js';
import { verifyBackup, type VerifyBackupOptions } from '../verify/verify-backup.js';
import { rebased } from './rebase.js';

export interface RepartitionOptions extends Pick<VerifyBackupOptions, 'onPartition'> {
  readonly from: BackupDisk;
  /** An empty directory. */
  readonly to: BackupDisk;
  /** How many partitions each topic is to have. */
  readonly partitions: number;
  readonly platform: Platform;
  /** So much text is one file. 4 MiB unless said otherwise; less where there are many partitions. */
  readonly segmentBytes?: number;
}

/** So much text waits to be written, of all partitions together. */
const WAITING_BYTES = 64 * 1024 * 1024;

/**
 * Writes a backup of logs with the same streams in another number of partitions. Each stream is whole and in its order, streams are
 * mixed by the recorded times of their commits, commits stay whole, and command ids and verdicts are kept, so that a
 * repeated command is still a repeat. Chains are made anew, under a new log id; genesis names the log that is continued, and its heads.
 * One that is killed is begun again.
 * @throws RestoreRefused when the backup is not sound. @throws BackupRefused when the directory is not empty
 */
export const repartition = async (options: RepartitionOptions): Promise<Manifest> => {
  const { from, to, platform } = options;
  await requireOwn(to);
  if (await reading(to, () => readManifest(to, MANIFEST)))
    throw new BackupRefused('backup-foreign', `${to.name} holds a backup: give an empty directory`);
  const manifest = requireSound(from, await verifyBackup({ ...options, disk: from }));
  const topics: TopicEntry[] = [];
  for (const topic of manifest.topics) topics.push(await repartitioned(topic, options));
  const made: Manifest = { format: FORMAT, version: VERSION, time: new Date(platform.now()).toISOString(), topics };
  await writeFile(to, MANIFEST, bytesOfManifest(made));
  await removeUnnamed(to, made);
  return made;
};

const repartitioned = async (topic: TopicEntry, options: RepartitionOptions): Promise<TopicEntry> => {
  const { from, to, partitions, platform } = options;
  const { segmentBytes = Math.min(SEGMENT_BYTES, Math.ceil(WAITING_BYTES / partitions)) } = options;
  const logId = platform.randomId();
  const genesis = genesisOf(topic, { logId, partitions, platform, time: await beginOf(topic, from) });
  const writers = genesis.map(
    (_, partition) => new SegmentWriter({ disk: to, topic: topic.topic, partition, segmentBytes }),
  );
  const states: ReaderState[] = [];
  const entries: PartitionEntry[] = [];
  for await (const { records, into } of rebased(topic, { from, platform, logId, genesis })) {
    const writer = writers[into.partition];
    writer?.add(records);
    states[into.partition] = into.state;
    if (writer?.isFull) entries[into.partition] = await writer.flush(into.state);
  }
  for (const [partition, state] of states.entries()) {
    const writer = writers[partition];
    if (writer && !writer.isEmpty) entries[partition] = await writer.flush(state);
  }
  return { topic: topic.topic, logId, partitionHash: PARTITION_HASH, recordHash: RECORD_HASH, partitions: entries };
};

interface NewLog {
  readonly logId: string;
  readonly partitions: number;
  readonly platform: Platform;
  /** Not later than any record: recorded time never goes back within a partition. */
  readonly time: string;
}

const genesisOf = (topic: TopicEntry, { logId, partitions, platform, time }: NewLog): readonly LogRecord[] => {
  const heads = topic.partitions.map(({ ordinal, head }) => ({ ordinal, head }));
  const hashes = { partitionHash: PARTITION_HASH, recordHash: RECORD_HASH };
  const genesis: Genesis = { logId, partitions, ...hashes, continues: { logId: topic.logId, heads } };
  return Array.from({ length: partitions }, (_, partition) => genesisRecord(genesis, { platform, partition, time }));
};

/** The time of the first record of all. */
const beginOf = async ({ partitions }: TopicEntry, from: BackupDisk): Promise<string> => {
  const times: string[] = [];
  for (const { segments } of partitions)
    for await (const { record } of recordsOf(from, segments.slice(0, 1), 0)) {
      times.push(record.headers['ce_time'] ?? '');
      break;
    }
  return times.sort()[0] ?? '';
};
