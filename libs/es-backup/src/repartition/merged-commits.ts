import type { LogRecord } from '@ledgerline/es-core/adapter';
import type { TopicEntry } from '../format/manifest.js';
import { closesCommit, recordsOf } from '../restore/segment-records.js';
import type { BackupDisk } from '../storage/backup-disk.port.js';

/** All records of one command. */
export type CommitRecords = readonly [LogRecord, ...LogRecord[]];

/**
 * The commits of all partitions in the order of their recorded times, those of one partition in their own order; equal times by
 * partition. One file of each partition is in memory.
 */
export async function* mergedCommits(disk: BackupDisk, { partitions }: TopicEntry): AsyncGenerator<CommitRecords> {
  const sources = partitions.map(({ segments }) => commitsOf(recordsOf(disk, segments, 0)));
  const waiting = await Promise.all(sources.map((source) => source.next()));
  for (;;) {
    let first = -1;
    for (const [i, { done }] of waiting.entries())
      if (!done && (first < 0 || timeOf(waiting[i]) < timeOf(waiting[first]))) first = i;
    const source = sources[first];
    const commit = waiting[first]?.value as CommitRecords | undefined;
    if (!source || !commit) return;
    yield commit;
    waiting[first] = await source.next();
  }
}

async function* commitsOf(
  records: AsyncIterable<{ readonly record: LogRecord }>,
): AsyncGenerator<CommitRecords, undefined> {
  let open: LogRecord[] = [];
  for await (const { record } of records) {
    open.push(record);
    if (!closesCommit(record)) continue;
    yield open as unknown as CommitRecords;
    open = [];
  }
  return undefined;
}

const timeOf = (next: IteratorResult<CommitRecords, undefined> | undefined): string =>
  next?.value?.at(-1)?.headers['ce_time'] ?? '';
