import {
  beforeGenesis,
  Chain,
  hashOf,
  type PartitionedLog,
  type Platform,
  type StoredRecord,
  toEnvelope,
} from '@ledgerline/es-core';

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
}

export interface PartitionToVerify {
  readonly log: PartitionedLog;
  readonly logId: string;
  readonly partition: number;
  readonly platform: Platform;
}

/**
 * Reads the partition from its beginning. A writer that lost a race leaves records that follow one that counts, or follow
 * each other; a refused record that follows neither proves that the log is not what was written.
 */
export const verifyPartition = async (target: PartitionToVerify): Promise<PartitionVerdict> => {
  const { log, logId, partition, platform } = target;
  const chain = new Chain(platform, beforeGenesis(logId));
  const suspects = new Map<string, number>();
  let records = 0;
  let lastRefused = '';
  for await (const record of recordsOf(target)) {
    records += 1;
    const before = chain.refused;
    chain.take(record);
    if (chain.refused === before) continue;
    const envelope = toEnvelope(record);
    if (envelope && envelope.prev !== lastRefused && !suspects.has(envelope.prev))
      suspects.set(envelope.prev, record.offset);
    lastRefused = envelope ? hashOf(platform, envelope) : '';
  }
  const { head, ordinal: counted } = chain.state;
  const verdict = { topic: log.topic, partition, records, counted, refused: chain.refused, head };
  const broken = suspects.size === 0 ? undefined : await firstUnexplained(suspects, target);
  return broken === undefined ? verdict : { ...verdict, brokenAt: broken };
};

/** Of records by what they follow: those that follow a record that counts have lost a race. */
const firstUnexplained = async (
  suspects: Map<string, number>,
  target: PartitionToVerify,
): Promise<number | undefined> => {
  const chain = new Chain(target.platform, beforeGenesis(target.logId));
  suspects.delete('');
  for await (const record of recordsOf(target)) for (const { hash } of chain.take(record) ?? []) suspects.delete(hash);
  return [...suspects.values()].sort((a, b) => a - b)[0];
};

async function* recordsOf({ log, partition }: PartitionToVerify): AsyncGenerator<StoredRecord> {
  const reader = log.read(partition, { from: 0, follow: false });
  try {
    for (let chunk = await reader.next(); chunk; chunk = await reader.next()) yield* chunk.records;
  } finally {
    await reader.close();
  }
}
