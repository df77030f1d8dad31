import { OffsetOutOfRange } from '../errors.js';
import type { PartitionedLog, StoredRecord } from '../log/partitioned-log.port.js';
import type { Platform } from '../platform.js';
import { beforeGenesis, Chain } from './chain.js';
import { hashOf, toEnvelope } from './envelope.js';
import type { ReaderState } from './reader-state.js';

export interface PartitionOfLog {
  readonly log: PartitionedLog;
  readonly partition: number;
  readonly platform: Platform;
}

/**
 * The state as it is in this log, at whatever offset; undefined when the chain does not hold that record at that ordinal: the
 * log lost it, or was restored from before it. Reads one record where the offset is the right one, else as `placeInChain`.
 */
export const placeInLog = async (where: PartitionOfLog, state: ReaderState): Promise<ReaderState | undefined> => {
  if (state.ordinal === 0) return state;
  const found = await recordAt(where, state.headOffset);
  const envelope = found && toEnvelope(found);
  const same = envelope && hashOf(where.platform, envelope) === state.head;
  return same ? state : await placeInChain(where, state);
};

/** As `placeInLog`, by reading the partition from its beginning as far as the ordinal: for a log whose offsets are others. */
export const placeInChain = async (
  { log, partition, platform }: PartitionOfLog,
  state: ReaderState,
): Promise<ReaderState | undefined> => {
  const { start } = await log.bounds(partition);
  const chain = new Chain(platform, beforeGenesis(state.logId));
  const reader = log.read(partition, { from: start, follow: false });
  try {
    for (let chunk = await reader.next(); chunk; chunk = await reader.next())
      for (const record of chunk.records)
        if (chain.take(record) && chain.state.ordinal >= state.ordinal)
          return chain.state.head === state.head ? chain.state : undefined;
    return undefined;
  } finally {
    await reader.close();
  }
};

/** The record at the offset; undefined where the log holds none there. */
export const recordAt = async (
  { log, partition }: PartitionOfLog,
  offset: number,
): Promise<StoredRecord | undefined> => {
  const reader = log.read(partition, { from: offset, follow: false, maxRecords: 1 });
  try {
    let chunk = await reader.next();
    while (chunk?.records.length === 0) chunk = await reader.next();
    return chunk?.records.find((record) => record.offset === offset);
  } catch (error) {
    if (error instanceof OffsetOutOfRange) return undefined;
    throw error;
  } finally {
    await reader.close();
  }
};
