import {
  backUp,
  type BackupDisk,
  type BackupProblem,
  continuationProblems,
  type Manifest,
  nodeDisk,
  repartition,
  requireSound,
  restore,
  type SoundBackup,
  verifyBackup,
} from '@ledgerline/es-backup';
import type { Platform } from '@ledgerline/es-core';
import { alone, withoutServices } from '../backup/working-alone.js';
import { withStorage, withLogs } from '../logs/shop-logs.js';
import { TOPICS } from '../logs/topics.js';
import { requireKnownTopics } from '../logs/unknown-topics.js';
import { partitionProgress } from '../terminal/partition-progress.js';
import type { Result } from '../terminal/print.js';
import { table } from '../terminal/table.js';

/** `es backup DIR`: brings the backup up to where the logs end now. */
export const backupVerb = (directory: string): Promise<Result> =>
  withStorage(async (storage) => {
    const disk = nodeDisk(directory);
    const { platform } = storage;
    const onProgress = partitionProgress('backed up');
    const { manifest, added } = await alone(storage, ['backup'], () =>
      withLogs(storage, (logs) => backUp({ logs, disk, platform, onProgress })),
    );
    const summary = { directory: disk.name, added, ...sizesIn(manifest) };
    const text = `${added} records were added to ${disk.name}: ${summary.records} records in ${summary.files} files of ${summary.bytes} bytes.`;
    return { json: { ...summary, ...headsIn(manifest) }, text: `${headsTable(manifest)}\n\n${text}` };
  });

export interface VerifyBackupOptions {
  /** The directory of the backup that this one continues with another number of partitions. */
  readonly continues?: string;
}

/** `es verify-backup DIR` */
export const verifyBackupVerb = (directory: string, { continues }: VerifyBackupOptions): Promise<Result> =>
  withStorage(async ({ platform }) => {
    const disk = nodeDisk(directory);
    const { manifest, problems } = await verifyBackup({ disk, platform, onPartition: sayVerifying });
    const isSound = manifest !== undefined && problems.length === 0;
    const breaks =
      isSound && continues !== undefined ? await breaksBetween({ disk, manifest }, nodeDisk(continues), platform) : [];
    const ok = isSound && breaks.length === 0;
    const heads = manifest && { ...sizesIn(manifest), ...headsIn(manifest) };
    const json = { ok, directory: disk.name, problems, ...(continues !== undefined && { breaks }), ...heads };
    const said = isSound ? ['The backup is sound.'] : problems.map(sentenceOf);
    const link = continues !== undefined && ok ? [`It continues the backup in ${continues}.`] : breaks;
    const verdict = [...said, ...link].join('\n');
    return { ok, json, text: manifest ? `${headsTable(manifest)}\n\n${verdict}` : verdict };
  });

/** Why the backup does not continue the one on the other disk. @throws RestoreRefused when that one is not sound */
const breaksBetween = async (
  backup: SoundBackup,
  other: BackupDisk,
  platform: Platform,
): Promise<readonly string[]> => {
  const manifest = requireSound(other, await verifyBackup({ disk: other, platform, onPartition: sayVerifying }));
  return await continuationProblems(backup, { of: { disk: other, manifest }, platform });
};

export interface RepartitionOptions {
  readonly partitions: number;
}

/** `es repartition DIR NEW`: a backup of the same streams in another number of partitions. */
export const repartitionVerb = (directory: string, to: string, { partitions }: RepartitionOptions): Promise<Result> =>
  withStorage(async ({ platform }) => {
    const manifest = await repartition({
      ...{ from: nodeDisk(directory), to: nodeDisk(to), partitions, platform },
      onPartition: sayVerifying,
    });
    const json = { directory: nodeDisk(to).name, partitions, ...sizesIn(manifest), ...headsIn(manifest) };
    const text = `Where it is restored, each topic that is missing is made with ${partitions} partitions.`;
    return { json, text: `${headsTable(manifest)}\n\n${text}` };
  });

/** `es restore DIR`: fills empty topics. */
export const restoreVerb = (directory: string): Promise<Result> =>
  withStorage((storage) =>
    withoutServices(storage, async () => {
      await requireKnownTopics(storage);
      const { manifest, incarnations, resumed } = await restore({
        ...{ disk: nodeDisk(directory), platform: storage.platform, topics: TOPICS },
        openLog: (topic, partitions) => storage.createLog(topic, partitions),
        onPartition: sayVerifying,
        onProgress: partitionProgress('restored'),
      });
      const { records } = sizesIn(manifest);
      const json = { directory, resumed, records, incarnations, ...headsIn(manifest) };
      const text = `${records} records were restored, as new incarnations of the logs; their chains lead to the heads of the backup.`;
      return { json, text: `${headsTable(manifest)}\n\n${text}` };
    }),
  );

const sayVerifying = (topic: string, partition: number): void =>
  void process.stderr.write(`verifying the backup of ${topic}/${partition}\n`);

const sentenceOf = ({ file, reason, ordinal, message }: BackupProblem): string =>
  `${file}: ${reason}${ordinal === undefined ? '' : `, from record ${ordinal} on`}: ${message}`;

const sizesIn = ({ topics }: Manifest) => {
  const partitions = topics.flatMap((topic) => topic.partitions);
  const segments = partitions.flatMap((partition) => partition.segments);
  return {
    records: partitions.reduce((sum, { ordinal }) => sum + ordinal, 0),
    files: segments.length,
    bytes: segments.reduce((sum, { bytes }) => sum + bytes, 0),
  };
};

const headsIn = ({ time, topics }: Manifest) => ({
  time,
  topics: topics.map(({ topic, logId, partitions }) => ({
    ...{ topic, logId },
    partitions: partitions.map(({ segments: _, ...head }) => head),
  })),
});

const headsTable = ({ topics }: Manifest): string =>
  table(
    ['partition', 'records', 'head', 'recorded'],
    topics.flatMap(({ topic, partitions }) =>
      partitions.map(({ partition, ordinal, head, time }) => [`${topic}/${partition}`, ordinal, head, time]),
    ),
  );
