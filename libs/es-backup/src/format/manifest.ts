import type { ReaderState } from '@ledgerline/es-core/adapter';
import { z } from 'zod';
import type { BackupDisk } from '../storage/backup-disk.port.js';
import { BackupRefused } from './backup.errors.js';

export const FORMAT = 'ledgerline-backup';
export const VERSION = 1;

/** The backup as it was finished last. */
export const MANIFEST = 'manifest.json';
/** What a run that was not finished has written so far. */
export const UNFINISHED = 'unfinished.json';

const count = z.int().min(0);
const ordinal = z.int().min(1);
const hash = z.string().regex(/^[A-Za-z0-9_-]{43}$/);
const topicName = z.string().regex(/^[A-Za-z0-9._-]{1,200}$/);

const segment = z.strictObject({
  /** Where it lies in the directory. */
  file: z.string().regex(/^[A-Za-z0-9._-]{1,200}\/\d{1,6}\/\d{10,16}-\d{10,16}\.ndjson\.gz$/),
  first: ordinal,
  last: ordinal,
  /** Of the last record: its hash, its recorded time, and its offset in the log it was read from. */
  head: hash,
  time: z.string(),
  headOffset: count,
  bytes: count,
  /** Before compression. */
  rawBytes: count,
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
});

const partition = z.strictObject({
  partition: count,
  /** How many records of the chain are in the backup, the hash of the last one, and its recorded time. */
  ordinal: count,
  head: z.union([hash, z.literal('')]),
  time: z.string(),
  segments: z.array(segment),
});

const topic = z.strictObject({
  topic: topicName,
  logId: z.string().min(1),
  partitionHash: z.string(),
  recordHash: z.string(),
  partitions: z.array(partition).min(1),
});

const manifest = z.strictObject({
  format: z.literal(FORMAT),
  version: z.literal(VERSION),
  /** When the run began that wrote it, ISO 8601 UTC. */
  time: z.string(),
  topics: z.array(topic),
});

export type SegmentEntry = z.output<typeof segment>;
export type PartitionEntry = z.output<typeof partition>;
export type TopicEntry = z.output<typeof topic>;
export type Manifest = z.output<typeof manifest>;

/** The reader's state behind the segment. */
export const stateBehind = (logId: string, { last, head, headOffset, time }: SegmentEntry): ReaderState => ({
  ...{ logId, ordinal: last, head, headOffset, time },
});

export const bytesOfManifest = (content: Manifest): Buffer => Buffer.from(`${JSON.stringify(content, undefined, 1)}\n`);

/** The manifest under this name; undefined where there is none. @throws BackupRefused when it is no manifest of ours */
export const readManifest = async (disk: BackupDisk, file: string): Promise<Manifest | undefined> => {
  if (!(await disk.list()).has(file)) return undefined;
  const at = `${disk.name}/${file}`;
  const parsed = parse((await disk.read(file)).toString('utf8'));
  if (parsed === undefined) throw new BackupRefused('backup-damaged', `${at} is damaged: it is no JSON`);
  const { format, version } = z.looseObject({}).safeParse(parsed).data ?? {};
  if (format !== FORMAT) throw new BackupRefused('backup-foreign', `${at} is not the manifest of a backup of a log`);
  if (typeof version === 'number' && version > VERSION)
    throw new BackupRefused(
      'backup-newer',
      `${at} has format version ${version}; this program knows ${VERSION}: use the version that wrote it, or a newer one`,
    );
  const { data, error } = manifest.safeParse(parsed);
  if (data) return data;
  const fields = error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('; ');
  throw new BackupRefused('backup-damaged', `${at} is damaged: ${fields}`);
};

const parse = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // It is said to be damaged, which is all there is to say.
  }
};
