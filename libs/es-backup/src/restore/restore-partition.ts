import type { Platform } from '@ledgerline/es-core';
import { type LogRecord, type PartitionedLog, type ReaderState, recordBytes } from '@ledgerline/es-core/adapter';
import {
  beforeGenesis,
  ChainReader,
  isRestored,
  LogDiverged,
  type Restoration,
  restoredRecord,
} from '@ledgerline/es-core/runtime';
import type { PartitionEntry } from '../format/manifest.js';
import type { BackupDisk } from '../storage/backup-disk.port.js';
import { closesCommit, recordsOf } from './segment-records.js';
import { withPatience } from './with-patience.js';

export interface PartitionRestore {
  readonly log: PartitionedLog;
  readonly entry: PartitionEntry;
  readonly restoration: Restoration;
  readonly disk: BackupDisk;
  readonly platform: Platform;
  readonly onOrdinal: (ordinal: number) => void;
}

const BATCH_BYTES = 512 * 1024;

/**
 * Appends what the log does not hold of the partition yet, reads it back through the chain rule, and marks the partition as whole.
 * @throws LogDiverged when somebody else writes it. @throws LogUnavailable when the log is away for long; call again.
 */
export const restorePartition = async (options: PartitionRestore): Promise<void> => {
  const { log, entry, restoration, platform } = options;
  const { partition, ordinal } = entry;
  let state = beforeGenesis(restoration.logId);
  await withPatience(platform, async (getsOn) => {
    while (!(await isRestored(log, restoration, partition))) {
      const before = state.ordinal;
      state = await readOn(options, state);
      requireSame(options, state);
      if (state.ordinal > before) getsOn();
      if (state.ordinal < ordinal) await appendBehind(options, state.ordinal);
      else await log.append(partition, [restoredRecord(restoration, state, platform)]);
    }
  });
};

/** What the chain holds by now. */
const readOn = async ({ log, entry, platform }: PartitionRestore, state: ReaderState): Promise<ReaderState> => {
  const reader = new ChainReader({ log, partition: entry.partition, platform, state, follow: false });
  try {
    while (await reader.next());
    return reader.state;
  } finally {
    await reader.close();
  }
};

const requireSame = ({ log, entry }: PartitionRestore, { ordinal, head }: ReaderState): void => {
  if (ordinal < entry.ordinal || (ordinal === entry.ordinal && head === entry.head)) return;
  throw new LogDiverged(
    log.topic,
    entry.partition,
    'somebody else wrote it while it was restored: stop the services, delete the topic, and restore again',
    { ordinal },
  );
};

/** In batches of whole commits. */
const appendBehind = async (
  { log, entry, disk, platform, onOrdinal }: PartitionRestore,
  behind: number,
): Promise<void> => {
  const most = Math.min(BATCH_BYTES, log.maxBatchBytes);
  let batch: LogRecord[] = [];
  let commit: LogRecord[] = [];
  let [batchBytes, commitBytes] = [0, 0];
  const send = async (upTo: number): Promise<void> => {
    if (batch.length > 0) await log.append(entry.partition, batch);
    onOrdinal(upTo);
    [batch, batchBytes] = [[], 0];
  };
  for await (const { record, ordinal } of recordsOf(disk, entry.segments, behind)) {
    commit.push(record);
    commitBytes += recordBytes(platform, record);
    if (!closesCommit(record)) continue;
    if (batchBytes + commitBytes > most) await send(ordinal - commit.length);
    batch.push(...commit);
    batchBytes += commitBytes;
    [commit, commitBytes] = [[], 0];
  }
  await send(entry.ordinal);
};
