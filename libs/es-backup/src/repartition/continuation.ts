import type { Platform } from '@ledgerline/es-core';
import type { LogRecord, ReaderState } from '@ledgerline/es-core/adapter';
import { type Genesis, hashOf, toEnvelope } from '@ledgerline/es-core/runtime';
import type { Manifest, TopicEntry } from '../format/manifest.js';
import { recordsOf } from '../restore/segment-records.js';
import type { BackupDisk } from '../storage/backup-disk.port.js';
import { rebased } from './rebase.js';

export interface SoundBackup {
  readonly disk: BackupDisk;
  readonly manifest: Manifest;
}

/**
 * Why the one backup does not continue the other, a sentence for each topic; none when each of its logs begins with exactly what
 * `repartition` makes of the other one's. Both were verified before.
 */
export const continuationProblems = async (
  backup: SoundBackup,
  { of, platform }: { readonly of: SoundBackup; readonly platform: Platform },
): Promise<readonly string[]> => {
  const problems: string[] = [];
  for (const topic of backup.manifest.topics) {
    const before = of.manifest.topics.find((one) => one.topic === topic.topic);
    const problem = before ? await problemOf({ topic, before, backup, of, platform }) : 'is not in the other backup';
    if (problem !== undefined) problems.push(`${topic.topic} ${problem}`);
  }
  return problems;
};

interface Link {
  readonly topic: TopicEntry;
  readonly before: TopicEntry;
  readonly backup: SoundBackup;
  readonly of: SoundBackup;
  readonly platform: Platform;
}

const problemOf = async ({ topic, before, backup, of, platform }: Link): Promise<string | undefined> => {
  const genesis: LogRecord[] = [];
  for (const { segments } of topic.partitions) genesis.push(await recordAt(backup.disk, segments, 1));
  const { continues } = JSON.parse(genesis[0]?.value ?? '{}') as Partial<Genesis>;
  if (!continues) return 'continues no log: its genesis names none';
  if (continues.logId !== before.logId)
    return `continues the log ${continues.logId}, and the other backup is of ${before.logId}`;
  const same = before.partitions.every(({ ordinal, head }, i) => {
    return continues.heads[i]?.ordinal === ordinal && continues.heads[i]?.head === head;
  });
  if (!same)
    return 'continues the other log from other heads than those of the other backup: something was recorded there since';
  const states: ReaderState[] = [];
  for await (const { into } of rebased(before, { from: of.disk, platform, logId: topic.logId, genesis }))
    states[into.partition] = into.state;
  for (const { partition, segments } of topic.partitions) {
    const { ordinal = 0, head } = states[partition] ?? {};
    const record = toEnvelope(await recordAt(backup.disk, segments, ordinal));
    if (!record || hashOf(platform, record) !== head)
      return `does not hold in partition ${partition} what the other log makes, up to record ${ordinal}`;
  }
  return undefined;
};

const NOTHING: LogRecord = { key: '', value: '', headers: {} };

const recordAt = async (disk: BackupDisk, segments: TopicEntry['partitions'][number]['segments'], ordinal: number) => {
  for await (const { record } of recordsOf(disk, segments, ordinal - 1)) return record;
  return NOTHING;
};
