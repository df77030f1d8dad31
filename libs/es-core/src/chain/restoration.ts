import { LogMisconfigured } from '../errors.js';
import type { LogRecord, PartitionedLog, StoredRecord } from '../log/partitioned-log.port.js';
import type { Platform } from '../platform.js';
import { type Envelope, toRecord } from './envelope.js';
import type { ReaderState } from './reader-state.js';

/**
 * One filling of an empty log with the records of a backup, and so the beginning of a new incarnation of the logical log: up to
 * its heads it is the same in all of them, and behind them each has its own records.
 */
export interface Restoration {
  /** Nobody else's, so that two restores of one backup are told apart. */
  readonly incarnation: string;
  readonly logId: string;
  /** Where what is restored ends, partition by partition. */
  readonly heads: readonly Pick<ReaderState, 'ordinal' | 'head'>[];
}

/** What mends a log that has lost events. */
export const RESTORE_A_BACKUP =
  'stop the services, delete all topics of the log, and restore a backup with `npm run -s es -- restore DIRECTORY`';

const NOTE_KIND = 'restoration';
/** `ce_type` of the record with which every partition's new incarnation begins. */
const RESTORED = 'Restored';

/** Where the note lies, in partition 0: behind genesis, appended together with it. */
const NOTE_OFFSET = 1;

/** Says that a restore has begun. No record of the chain: every reader skips it, and ordinals stay what they were. */
export const restorationNote = (restoration: Restoration): LogRecord => ({
  key: '',
  value: JSON.stringify(restoration),
  headers: { 'content-type': 'application/json', kind: NOTE_KIND },
});

/** A barrier behind the last record that was restored: all of the partition is there, and its new incarnation begins. */
export const restoredRecord = (
  { incarnation }: Restoration,
  { head: prev, time }: ReaderState,
  platform: Platform,
): LogRecord => {
  const now = new Date(platform.now()).toISOString();
  return toRecord({
    ...{ kind: 'barrier', key: '', value: JSON.stringify({ incarnation }), id: platform.randomId(), type: RESTORED },
    ...{ source: 'ledgerline', time: now > time ? now : time, version: 0, index: 1, count: 1, prev },
    ...{ commandId: platform.randomId(), fingerprint: '', correlationId: '', causationId: '', actor: '' },
  });
};

/** True for the record with which a new incarnation of the log begins. */
export const beginsIncarnation = ({ kind, type }: Pick<Envelope, 'kind' | 'type'>): boolean =>
  kind === 'barrier' && type === RESTORED;

/** The restore that filled this log, finished or not; undefined for a log that began by itself. */
export const restorationOf = async (log: PartitionedLog): Promise<Restoration | undefined> => {
  if ((await log.bounds(0)).end <= NOTE_OFFSET) return undefined;
  for await (const record of recordsFrom(log, 0, NOTE_OFFSET))
    return record.headers['kind'] === NOTE_KIND ? (JSON.parse(record.value) as Restoration) : undefined;
  return undefined;
};

/** The partitions that the restore has not filled yet. */
export const unfinishedPartitions = async (
  log: PartitionedLog,
  restoration: Restoration,
): Promise<readonly number[]> => {
  const unfinished: number[] = [];
  for (const partition of restoration.heads.keys())
    if (!(await isRestored(log, restoration, partition))) unfinished.push(partition);
  return unfinished;
};

/** @throws LogMisconfigured when a restore into the log was begun and not finished. */
export const requireWhole = async (log: PartitionedLog): Promise<void> => {
  const restoration = await restorationOf(log);
  if (!restoration) return;
  const unfinished = await unfinishedPartitions(log, restoration);
  if (unfinished.length > 0)
    throw new LogMisconfigured(log.topic, [
      `a backup is being restored into it, and partition ${unfinished.join(', ')} is not finished: run the same \`es restore\` again, it goes on where it was`,
    ]);
};

/** True once all that the restore puts into the partition is there. */
export const isRestored = async (log: PartitionedLog, restoration: Restoration, partition: number): Promise<boolean> =>
  (await restoredRecordIn(log, restoration, partition)) !== undefined;

/** The record with which the partition's new incarnation begins, once it is there. */
const restoredRecordIn = async (
  log: PartitionedLog,
  { heads, incarnation }: Restoration,
  partition: number,
): Promise<StoredRecord | undefined> => {
  const { ordinal = 0, head = '' } = heads[partition] ?? {};
  // As many records lie before it at least; more, where an append was repeated.
  const earliest = partition === 0 ? ordinal + 1 : ordinal;
  if ((await log.bounds(partition)).end <= earliest) return undefined;
  const value = JSON.stringify({ incarnation });
  for await (const record of recordsFrom(log, partition, earliest))
    if (record.value === value && record.headers['ce_type'] === RESTORED && record.headers['prev'] === head)
      return record;
  return undefined;
};

/** When the log was restored, as its records say (ISO 8601); undefined for a log that began by itself. */
export const restoredAt = async (log: PartitionedLog): Promise<string | undefined> => {
  const restoration = await restorationOf(log);
  let latest: string | undefined;
  for (const partition of restoration?.heads.keys() ?? []) {
    const time = (await restoredRecordIn(log, restoration as Restoration, partition))?.headers['ce_time'];
    if (time !== undefined && time > (latest ?? '')) latest = time;
  }
  return latest;
};

async function* recordsFrom(log: PartitionedLog, partition: number, from: number): AsyncGenerator<StoredRecord> {
  const reader = log.read(partition, { from, follow: false, maxRecords: 1 });
  try {
    for (let chunk = await reader.next(); chunk; chunk = await reader.next()) yield* chunk.records;
  } finally {
    await reader.close();
  }
}
