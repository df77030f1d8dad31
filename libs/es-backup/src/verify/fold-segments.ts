import type { Platform } from '@ledgerline/es-core';
import { type LogRecord, type ReaderState, recordBytes } from '@ledgerline/es-core/adapter';
import { beforeGenesis, Chain, type Genesis, PARTITION_HASH, RECORD_HASH } from '@ledgerline/es-core/runtime';
import { type PartitionEntry, type SegmentEntry, stateBehind, type TopicEntry } from '../format/manifest.js';
import { sha256Of, unpack } from '../format/segment.js';
import type { BackupDisk } from '../storage/backup-disk.port.js';

/** What is wrong with one file, and from which record on. */
export interface BackupProblem {
  readonly file: string;
  readonly reason: 'missing' | 'truncated' | 'corrupt' | 'foreign' | 'newer';
  /** The first record, counted from genesis, that is missing or is not what it was; absent where the file holds no records. */
  readonly ordinal?: number;
  readonly message: string;
}

export interface PartitionFold {
  readonly problems: readonly BackupProblem[];
  /** Of the largest commit, as a log counts them. */
  readonly largestCommit: number;
}

interface Folding {
  readonly disk: BackupDisk;
  readonly platform: Platform;
  readonly sizes: ReadonlyMap<string, number>;
  readonly topic: TopicEntry;
}

/** Reads all files of a partition and folds their records through the chain rule, from genesis to the head that the manifest names. */
export const foldPartition = async (folding: Folding, entry: PartitionEntry): Promise<PartitionFold> => {
  const { topic, platform } = folding;
  const problems: BackupProblem[] = [];
  const commits = new CommitSizes(platform);
  let state = beforeGenesis(topic.logId);
  for (const segment of entry.segments) {
    const problem =
      segment.first === state.ordinal + 1
        ? await problemOf(folding, segment, { state, commits, isFirst: entry.segments[0] === segment })
        : corrupt(segment, state.ordinal + 1, 'the manifest names files that do not follow each other');
    if (problem) problems.push(problem);
    // What comes behind a damaged file is looked at as well.
    state = stateBehind(topic.logId, segment);
  }
  if (entry.ordinal === 0 || state.ordinal !== entry.ordinal || state.head !== entry.head || state.time !== entry.time)
    problems.push(badHead(folding, entry, state));
  return { problems, largestCommit: commits.largest };
};

interface Place {
  readonly state: ReaderState;
  readonly commits: CommitSizes;
  readonly isFirst: boolean;
}

const problemOf = async (folding: Folding, segment: SegmentEntry, place: Place): Promise<BackupProblem | undefined> => {
  const { disk, sizes } = folding;
  const { file, first, bytes: expected } = segment;
  const size = sizes.get(file);
  if (size === undefined) return { file, reason: 'missing', ordinal: first, message: 'the file is missing' };
  const bytes = await disk.read(file);
  const damage = fold(folding, segment, place, await unpack(bytes));
  if (bytes.length < expected)
    return {
      ...{ file, reason: 'truncated', ordinal: damage?.ordinal ?? first },
      message: `the file has ${bytes.length} of ${expected} bytes`,
    };
  if (sha256Of(bytes) !== segment.sha256)
    return corrupt(segment, damage?.ordinal ?? first, 'its bytes are not those that were written');
  return damage;
};

/** Where the records are not what the chain needs; undefined when they lead to the segment's head. */
const fold = (
  { topic, platform }: Folding,
  segment: SegmentEntry,
  { state, commits, isFirst }: Place,
  { records, whole }: { readonly records: readonly LogRecord[]; readonly whole: boolean },
): BackupProblem | undefined => {
  const chain = new Chain(platform, state);
  let ordinal = state.ordinal;
  for (const record of records) {
    ordinal += 1;
    const commit = chain.take({ ...record, offset: segment.headOffset });
    if (chain.refused > 0 || (commit && chain.state.ordinal !== ordinal))
      return corrupt(segment, ordinal, `record ${ordinal} does not follow the one before it`);
    commits.add(record, commit !== undefined);
    if (isFirst && ordinal === 1 && !isGenesisOf(topic, record))
      return corrupt(segment, ordinal, 'its genesis record is not of the log that the manifest names');
  }
  if (!whole) return corrupt(segment, ordinal + 1, `it cannot be read from record ${ordinal + 1} on`);
  const { head, time } = chain.state;
  const same = chain.state.ordinal === segment.last && head === segment.head && time === segment.time;
  return same ? undefined : corrupt(segment, ordinal, `its last record is not the one that the manifest names`);
};

const isGenesisOf = ({ logId, partitions, partitionHash, recordHash }: TopicEntry, { value }: LogRecord): boolean => {
  const genesis = JSON.parse(value) as Genesis;
  return (
    genesis.logId === logId &&
    genesis.partitions === partitions.length &&
    genesis.partitionHash === partitionHash &&
    genesis.recordHash === recordHash &&
    partitionHash === PARTITION_HASH &&
    recordHash === RECORD_HASH
  );
};

const corrupt = ({ file }: SegmentEntry, ordinal: number, message: string): BackupProblem => ({
  ...{ file, reason: 'corrupt', ordinal, message },
});

const badHead = ({ topic }: Folding, entry: PartitionEntry, { ordinal }: ReaderState): BackupProblem => ({
  ...{ file: 'manifest.json', reason: 'corrupt', ordinal },
  message: `the head it names for ${topic.topic}/${entry.partition} is not that of the last file`,
});

/** How large commits are, of which each has to fit into one batch of the log that takes them. */
export class CommitSizes {
  largest = 0;
  #open = 0;

  constructor(private readonly platform: Platform) {}

  add(record: LogRecord, closes: boolean): void {
    this.#open += recordBytes(this.platform, record);
    this.largest = Math.max(this.largest, this.#open);
    if (closes) this.#open = 0;
  }
}
