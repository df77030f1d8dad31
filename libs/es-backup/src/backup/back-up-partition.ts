import type { Platform } from '@ledgerline/es-core';
import type { LogRecord, PartitionedLog, ReaderState, StoredRecord } from '@ledgerline/es-core/adapter';
import { beforeGenesis, Chain, placeInLog } from '@ledgerline/es-core/runtime';
import { BackupRefused } from '../format/backup.errors.js';
import { type PartitionEntry, type SegmentEntry, stateBehind, type TopicEntry } from '../format/manifest.js';
import type { BackupDisk } from '../storage/backup-disk.port.js';
import { SegmentWriter } from './segment-writer.js';

export interface PartitionBackup {
  readonly log: PartitionedLog;
  readonly partition: number;
  /** Offset behind what is to be in the backup. */
  readonly end: number;
  readonly disk: BackupDisk;
  readonly platform: Platform;
  /** So much text is one file. */
  readonly segmentBytes: number;
  /** With what the backup has of the partition so far. */
  readonly topic: TopicEntry;
  /** Told of the partition as it is with every file that was written. */
  readonly onEntry: (entry: PartitionEntry) => Promise<void>;
}

/** Copies the records that count and lie before `end`, whole commits, behind what the backup has of the partition. */
export const backUpPartition = async (options: PartitionBackup): Promise<void> => {
  const { log, partition, topic, end } = options;
  const before = topic.partitions[partition];
  if (!before) throw new Error(`the backup of ${topic.topic} has no partition ${partition}`);
  const kept = withoutSmallEnd(before.segments, options.segmentBytes / 2);
  const last = kept.at(-1);
  const state = await placeInLog(options, last ? stateBehind(topic.logId, last) : beforeGenesis(topic.logId));
  if (!state) throw notInLog(topic.topic, before);
  const copy = new PartitionCopy(options, before, { kept, state });
  const reader = log.read(partition, { from: Math.max(0, state.headOffset), follow: false });
  try {
    for (let chunk = await reader.next(); chunk; chunk = await reader.next())
      for (const record of chunk.records) if (record.offset < end) await copy.take(record);
    await copy.end();
  } finally {
    await reader.close();
  }
};

/** A last file that is small is written anew with what came since, so that many short runs do not leave many small files. */
const withoutSmallEnd = (segments: readonly SegmentEntry[], small: number): readonly SegmentEntry[] =>
  (segments.at(-1)?.rawBytes ?? Infinity) < small ? segments.slice(0, -1) : segments;

/** Records on their way into files, through the chain rule. */
class PartitionCopy {
  readonly #chain: Chain;
  readonly #writer: SegmentWriter;
  /** Of the commit that is not closed yet. */
  #open: LogRecord[] = [];

  constructor(
    private readonly options: PartitionBackup,
    private readonly before: PartitionEntry,
    { kept, state }: { readonly kept: readonly SegmentEntry[]; readonly state: ReaderState },
  ) {
    this.#chain = new Chain(options.platform, state);
    this.#writer = new SegmentWriter({ ...options, topic: options.topic.topic }, kept);
  }

  async take(record: StoredRecord): Promise<void> {
    const commit = this.#chain.take(record);
    if (this.#chain.refusedInARow > 0) return;
    if (record.headers['commit']?.startsWith('1/')) this.#open = [];
    this.#open.push(record);
    if (!commit) return;
    const { ordinal, head } = this.#chain.state;
    if (ordinal === this.before.ordinal && head !== this.before.head)
      throw notInLog(this.options.topic.topic, this.before);
    this.#writer.add(this.#open.splice(0));
    if (this.#writer.isFull) await this.#flush();
  }

  /** Nothing is written where nothing came. */
  async end(): Promise<void> {
    const { ordinal } = this.#chain.state;
    if (ordinal < this.before.ordinal) throw notInLog(this.options.topic.topic, this.before);
    if (ordinal > this.before.ordinal && !this.#writer.isEmpty) await this.#flush();
  }

  async #flush(): Promise<void> {
    await this.options.onEntry(await this.#writer.flush(this.#chain.state));
  }
}

const notInLog = (topic: string, { partition, ordinal, head }: PartitionEntry): BackupRefused =>
  new BackupRefused(
    'backup-of-another-log',
    `the backup has ${topic}/${partition} up to ordinal ${ordinal} (${head}), which the log does not hold: the log was restored from before it, or lost something. The backup was left as it is; back up to another directory`,
  );
