import { AppendRefused, LogMisconfigured, LogUnavailable, OffsetOutOfRange } from '../errors.js';
import type { LogRecord, PartitionedLog, StoredRecord } from '../log/partitioned-log.port.js';
import { PARTITION_HASH } from '../partition-hash.js';
import type { Platform } from '../platform.js';
import { beforeGenesis, Chain, logIdOf } from './chain.js';
import { BEFORE_GENESIS, toEnvelope, toRecord } from './envelope.js';
import type { ReaderState } from './reader-state.js';
import { requireWhole, RESTORE_A_BACKUP } from './restoration.js';

/** Names the encoding under the record hash. Frozen, as the partition hash is. */
export const RECORD_HASH = 'sha256/1';

/** What genesis says of the logical log: the same in every copy of it, on whatever cluster. */
export interface Genesis {
  readonly logId: string;
  readonly partitions: number;
  readonly partitionHash: string;
  readonly recordHash: string;
  /** The log whose streams this one has taken over, with another number of partitions, and how far that went. */
  readonly continues?: { readonly logId: string; readonly heads: readonly Pick<ReaderState, 'ordinal' | 'head'>[] };
}

/**
 * Gives every partition its genesis record, and answers the log's id. Partition 0's record at offset 0 alone fixes the id,
 * so any number of processes may do this at once, and any may finish what another began.
 * @throws LogMisconfigured when the topic holds something else, was made with other settings, or is half restored.
 */
export const provisionChain = async (log: PartitionedLog, platform: Platform): Promise<string> => {
  const candidate = genesisOf(log, platform.randomId());
  const isEmpty = async (): Promise<boolean> => (await log.bounds(0)).end === 0;
  await appendUnless(async () => !(await isEmpty()), { log, platform, partition: 0, genesis: candidate });
  const logId = await readLogId(log);
  await requireWhole(log);
  const genesis = genesisOf(log, logId);
  for (let partition = 1; partition < log.partitions; partition += 1)
    await appendUnless(() => hasGenesis(log, platform, partition, logId), { log, platform, partition, genesis });
  return logId;
};

/** @throws LogMisconfigured naming everything by which the log does not keep its promises. */
export const requireReliable = async (log: PartitionedLog): Promise<void> => {
  const problems = (await log.problems()).filter(({ promise }) => promise !== 'kept');
  if (problems.length > 0)
    throw new LogMisconfigured(
      log.topic,
      problems.map(({ message }) => message),
    );
};

/**
 * What the topic's very first record says of the log; undefined while there is none, and where the topic holds something else.
 * @throws LogMisconfigured when the first record was deleted.
 */
export const readGenesis = async (log: Pick<PartitionedLog, 'topic' | 'read'>): Promise<Genesis | undefined> => {
  const first = await firstRecord(log);
  return first && genesisIn(first);
};

/** What the record says of the log that it opens; undefined where it is no genesis record at a topic's very beginning. */
export const genesisIn = (first: StoredRecord): Genesis | undefined => {
  const envelope = first.offset === 0 ? toEnvelope(first) : undefined;
  return envelope?.kind === 'genesis' && logIdOf(envelope.value) !== undefined
    ? (JSON.parse(envelope.value) as Genesis)
    : undefined;
};

/**
 * The log's id, once every partition has its genesis and it keeps its promises.
 * @throws LogMisconfigured when something is missing or differs; the message says what to do.
 */
export const verifyChain = async (log: PartitionedLog, platform: Platform): Promise<string> => {
  await requireReliable(log);
  if ((await log.bounds(0)).end === 0) throw new LogMisconfigured(log.topic, [NOT_PROVISIONED]);
  const logId = await readLogId(log);
  await requireWhole(log);
  for (let partition = 1; partition < log.partitions; partition += 1)
    if (!(await hasGenesis(log, platform, partition, logId))) throw new LogMisconfigured(log.topic, [NOT_PROVISIONED]);
  return logId;
};

const NOT_PROVISIONED =
  'not every partition has its genesis record; make them with `npm run -s es -- topics create` (on the embedded log, start the service that writes the topic)';

const genesisOf = (log: PartitionedLog, logId: string): Genesis => ({
  logId,
  partitions: log.partitions,
  partitionHash: PARTITION_HASH,
  recordHash: RECORD_HASH,
});

interface Opening {
  readonly log: PartitionedLog;
  readonly platform: Platform;
  readonly partition: number;
  readonly genesis: Genesis;
}

/** Appends the partition's genesis unless it is there. Whatever the log answers, what counts is what it holds afterwards. */
const appendUnless = async (
  isThere: () => Promise<boolean>,
  { log, platform, partition, genesis }: Opening,
): Promise<void> => {
  if (await isThere()) return;
  try {
    await log.append(partition, [
      genesisRecord(genesis, { platform, partition, time: new Date(platform.now()).toISOString() }),
    ]);
  } catch (error) {
    if (error instanceof AppendRefused || !(await isThere())) throw error;
  }
};

/** The record that opens a partition of the log. */
export const genesisRecord = (
  genesis: Genesis,
  { platform, partition, time }: { readonly platform: Platform; readonly partition: number; readonly time: string },
): LogRecord =>
  toRecord({
    ...{ kind: 'genesis', key: '', value: JSON.stringify(genesis), id: `${genesis.logId}/${partition}` },
    ...{ type: 'Genesis', source: 'ledgerline', time, version: 0 },
    ...{ index: 1, count: 1, prev: BEFORE_GENESIS, commandId: platform.randomId(), fingerprint: '' },
    ...{ correlationId: '', causationId: '', actor: '' },
  });

const readLogId = async (log: PartitionedLog): Promise<string> => {
  const genesis = await readGenesis(log);
  if (!genesis)
    throw new LogMisconfigured(log.topic, [
      'the record at offset 0 of partition 0 is not a genesis record: the topic belongs to something else; delete it, or set another KAFKA_TOPIC_PREFIX or DATA_DIR',
    ]);
  const problems = [
    genesis.partitions > log.partitions &&
      `made with ${genesis.partitions} partitions, has ${log.partitions}: what the others held is gone; ${RESTORE_A_BACKUP}`,
    genesis.partitionHash !== PARTITION_HASH &&
      `made with partition hash ${genesis.partitionHash}, this code has ${PARTITION_HASH}; run the version that made it`,
    genesis.recordHash !== RECORD_HASH &&
      `made with record hash ${genesis.recordHash}, this code has ${RECORD_HASH}; run the version that made it`,
  ].filter((problem) => problem !== false);
  if (problems.length > 0) throw new LogMisconfigured(log.topic, problems);
  // Somebody else made the log meanwhile.
  if (genesis.partitions < log.partitions)
    throw new LogUnavailable('it has fewer partitions than when it was opened; open it again', { topic: log.topic });
  return genesis.logId;
};

const firstRecord = async (log: Pick<PartitionedLog, 'topic' | 'read'>): Promise<StoredRecord | undefined> => {
  for await (const record of recordsOf(log, 0, 1)) return record;
  return undefined;
};

const hasGenesis = async (
  log: PartitionedLog,
  platform: Platform,
  partition: number,
  logId: string,
): Promise<boolean> => {
  const chain = new Chain(platform, beforeGenesis(logId));
  for await (const record of recordsOf(log, partition)) if (chain.take(record)) return true;
  return false;
};

/** All records of the partition, from its very first one. */
async function* recordsOf(
  log: Pick<PartitionedLog, 'topic' | 'read'>,
  partition: number,
  maxRecords?: number,
): AsyncIterable<StoredRecord> {
  const reader = log.read(partition, { from: 0, follow: false, ...(maxRecords && { maxRecords }) });
  try {
    for (let chunk = await reader.next(); chunk; chunk = await reader.next()) yield* chunk.records;
  } catch (cause) {
    throw cause instanceof OffsetOutOfRange ? beginningLost(log, partition) : cause;
  } finally {
    await reader.close();
  }
}

const beginningLost = ({ topic }: Pick<PartitionedLog, 'topic'>, partition: number): LogMisconfigured =>
  new LogMisconfigured(topic, [`partition ${partition} lost its beginning, which is gone; ${RESTORE_A_BACKUP}`]);
