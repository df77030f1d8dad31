import type { Platform } from '@ledgerline/es-core';
import type { LogRecord } from '@ledgerline/es-core/adapter';
import { partitionOf } from '@ledgerline/es-core/runtime';
import type { TopicEntry } from '../format/manifest.js';
import type { BackupDisk } from '../storage/backup-disk.port.js';
import { mergedCommits } from './merged-commits.js';
import { RebasedPartition } from './rebased-partition.js';

export interface RebaseOptions {
  readonly from: BackupDisk;
  readonly platform: Platform;
  readonly logId: string;
  /** Of each partition of the new log, its first record. */
  readonly genesis: readonly LogRecord[];
}

/** Some records of the new log, and the partition that ends with them now. */
export interface Rebased {
  readonly records: readonly LogRecord[];
  readonly into: RebasedPartition;
}

/**
 * The topic's records as they are in a log with as many partitions as there are genesis records: a pure function of those and of the
 * backup. What belongs to no stream (barriers, the old genesis) stays behind.
 */
export async function* rebased(
  topic: TopicEntry,
  { from, platform, logId, genesis }: RebaseOptions,
): AsyncGenerator<Rebased> {
  const partitions = genesis.map((_, partition) => new RebasedPartition(platform, logId, partition));
  for (const into of partitions) yield { records: into.take(genesis.slice(into.partition, into.partition + 1)), into };
  for await (const commit of mergedCommits(from, topic)) {
    const [{ key, headers }] = commit;
    const into = partitions[partitionOf(key, partitions.length)];
    if (into && OF_A_STREAM.has(headers['kind'])) yield { records: into.take(commit), into };
  }
}

const OF_A_STREAM: ReadonlySet<string | undefined> = new Set(['event', 'verdict']);
