import { backUp, type BackupProblem, type Manifest, nodeDisk, restore, verifyBackup } from '@ledgerline/es-backup';
import { alone, TOPICS, withAdapters, withLogs, withoutServices } from '../backup/working-on-logs.js';
import { partitionProgress } from '../terminal/partition-progress.js';
import type { Result } from '../terminal/print.js';
import { table } from '../terminal/table.js';

/** `es backup DIR`: brings the backup up to where the logs end now. */
export const backupVerb = (directory: string): Promise<Result> =>
  withAdapters(async (adapters) => {
    const disk = nodeDisk(directory);
    const { platform } = adapters;
    const onProgress = partitionProgress('backed up');
    const { manifest, added } = await alone(adapters, ['backup'], () =>
      withLogs(adapters, (logs) => backUp({ logs, disk, platform, onProgress })),
    );
    const summary = { directory: disk.name, added, ...sizesIn(manifest) };
    const text = `${added} records were added to ${disk.name}: ${summary.records} records in ${summary.files} files of ${summary.bytes} bytes.`;
    return { json: { ...summary, ...headsIn(manifest) }, text: `${headsTable(manifest)}\n\n${text}` };
  });

/** `es verify-backup DIR` */
export const verifyBackupVerb = (directory: string): Promise<Result> =>
  withAdapters(async ({ platform }) => {
    const disk = nodeDisk(directory);
    const { manifest, problems } = await verifyBackup({ disk, platform, onPartition: sayVerifying });
    const ok = problems.length === 0;
    const json = {
      ok,
      directory: disk.name,
      problems,
      ...(manifest && { ...sizesIn(manifest), ...headsIn(manifest) }),
    };
    const verdict = ok ? 'The backup is sound.' : problems.map(sentenceOf).join('\n');
    return { ok, json, text: manifest ? `${headsTable(manifest)}\n\n${verdict}` : verdict };
  });

/** `es restore DIR`: fills empty topics. */
export const restoreVerb = (directory: string): Promise<Result> =>
  withAdapters((adapters) =>
    withoutServices(adapters, async () => {
      const { manifest, incarnations, resumed } = await restore({
        ...{ disk: nodeDisk(directory), platform: adapters.platform, topics: TOPICS },
        openLog: (topic) => adapters.bareLog(topic),
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
