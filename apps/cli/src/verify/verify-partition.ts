import type { Platform } from '@ledgerline/es-core';
import type { PartitionedLog, StoredRecord } from '@ledgerline/es-core/adapter';
import { BEFORE_GENESIS, beforeGenesis, Chain, hashOf, toEnvelope } from '@ledgerline/es-core/runtime';

import { type FoundAhead, TimesAhead } from './times-ahead.js';

/** What reading a whole partition under the chain rule comes to. */
export interface PartitionVerdict {
  readonly topic: string;
  readonly partition: number;
  /** All that the log holds. */
  readonly records: number;
  readonly counted: number;
  /** Lost races, late copies, foreign records: every reader skips the same. */
  readonly refused: number;
  /** Hash of the last record that counts: keep it elsewhere, and a loss of the log's end shows too. */
  readonly head: string;
  /** Offset of the first record that follows something the log does not hold: what it followed was edited or removed. */
  readonly brokenAt?: number;
  /** What carries a time that lay ahead: nothing was changed, but a clock was wrong. */
  readonly ahead?: FoundAhead;
}

export interface PartitionToVerify {
  readonly log: PartitionedLog;
  readonly logId: string;
  readonly partition: number;
  readonly platform: Platform;
  /** A time that is further ahead is said. */
  readonly clockLimitMs: number;
}

/**
 * Reads the partition from its beginning. Whatever was refused follows a record that lies before it: a writer named the
 * head that it knew. One that does not proves that the log is not what was written.
 */
export const verifyPartition = async (target: PartitionToVerify): Promise<PartitionVerdict> => {
  const { log, logId, partition, platform, clockLimitMs: limitMs } = target;
  const times = new TimesAhead({ topic: log.topic, partition, now: platform.now(), limitMs });
  const chain = new Chain(platform, beforeGenesis(logId));
  const suspects = new Map<number, string>();
  let records = 0;
  let refusedHash = '';
  for await (const record of recordsOf(target)) {
    records += 1;
    const before = chain.refused;
    const commit = chain.take(record);
    if (commit) times.take(commit, record.appendedAt);
    const envelope = chain.refused === before ? undefined : toEnvelope(record);
    // The rest of a batch whose first record is looked at already.
    if (envelope && envelope.prev !== refusedHash) suspects.set(record.offset, envelope.prev);
    refusedHash = envelope ? hashOf(platform, envelope) : '';
  }
  const { head, ordinal: counted } = chain.state;
  const { found: ahead } = times;
  const verdict = {
    topic: log.topic,
    partition,
    records,
    counted,
    refused: chain.refused,
    head,
    ...(ahead && { ahead }),
  };
  const brokenAt = suspects.size === 0 ? undefined : await firstUnexplained(suspects, target);
  return brokenAt === undefined ? verdict : { ...verdict, brokenAt };
};

/** Of records by what they follow, the first that follows nothing before it. A second pass: noise is rare. */
const firstUnexplained = async (
  suspects: ReadonlyMap<number, string>,
  target: PartitionToVerify,
): Promise<number | undefined> => {
  const wanted = new Set(suspects.values());
  const seen = new Set([BEFORE_GENESIS]);
  for await (const record of recordsOf(target)) {
    const follows = suspects.get(record.offset);
    if (follows !== undefined && !seen.has(follows)) return record.offset;
    const envelope = toEnvelope(record);
    const hash = envelope ? hashOf(target.platform, envelope) : '';
    if (wanted.has(hash)) seen.add(hash);
  }
  return undefined;
};

async function* recordsOf({ log, partition }: PartitionToVerify): AsyncGenerator<StoredRecord> {
  const reader = log.read(partition, { from: 0, follow: false });
  try {
    for (let chunk = await reader.next(); chunk; chunk = await reader.next()) yield* chunk.records;
  } finally {
    await reader.close();
  }
}
