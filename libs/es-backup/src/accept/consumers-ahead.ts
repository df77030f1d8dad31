import { formatPosition, partitionKey, type Platform, type Position, type Positions } from '@ledgerline/es-core';
import type { PartitionedLog, ReaderState } from '@ledgerline/es-core/adapter';
import { placeInLog, restorationOf, verifyChain } from '@ledgerline/es-core/runtime';

/** Something that was made from the log, and can be made from it again. */
export interface Consumer {
  /** As people know it. */
  readonly name: string;
  /** What becomes of it when it is brought back, as a sentence without its subject. */
  readonly remedy: string;
  /** How far it has read, `parcels.events/3` -> state; as often as it keeps that. */
  states(): Promise<readonly (readonly [key: string, state: ReaderState])[]>;
  /** How far it goes where that can be further than its states say. Looks at all of it. */
  furthest?(): Promise<Positions>;
  /** Forgets what it has made. */
  drop(): Promise<void>;
}

/** A consumer that has read what the log does not hold. */
export interface ConsumerAhead {
  readonly consumer: Consumer;
  /** What it has read, `parcels.events/3@1204`, where that is not in the log. */
  readonly positions: readonly string[];
}

/**
 * The consumers that cannot go on: their place is not in the log's chain, because the log was restored from before it or lost its
 * end. All others find their place by themselves. @throws LogMisconfigured while a restore is not finished
 */
export const consumersAhead = async (
  consumers: readonly Consumer[],
  { logs, platform }: { readonly logs: readonly PartitionedLog[]; readonly platform: Platform },
): Promise<readonly ConsumerAhead[]> => {
  const partitions = (await Promise.all(logs.map((log) => partitionsOf(log, platform)))).flat();
  const ahead: ConsumerAhead[] = [];
  for (const consumer of consumers) {
    const positions = await lostPositions(consumer, partitions);
    if (positions.length > 0) ahead.push({ consumer, positions: positions.map(formatPosition) });
  }
  return ahead;
};

interface RestoredPartition {
  readonly key: string;
  readonly log: PartitionedLog;
  readonly logId: string;
  readonly partition: number;
  readonly platform: Platform;
  /** Ordinal of the record with which its incarnation begins; undefined where it began by itself. */
  readonly begins: number | undefined;
}

const partitionsOf = async (log: PartitionedLog, platform: Platform): Promise<readonly RestoredPartition[]> => {
  const logId = await verifyChain(log, platform);
  const restoration = await restorationOf(log);
  return Array.from({ length: log.partitions }, (_, partition) => {
    const head = restoration?.heads[partition];
    return {
      key: partitionKey(log.topic, partition),
      log,
      logId,
      partition,
      platform,
      begins: head && head.ordinal + 1,
    };
  });
};

const lostPositions = async (
  consumer: Consumer,
  partitions: readonly RestoredPartition[],
): Promise<readonly Position[]> => {
  const states = await consumer.states();
  let furthest: Positions | undefined;
  const lost: Position[] = [];
  for (const one of partitions) {
    const { key, log, partition, begins } = one;
    const own = states.filter(([at]) => at === key).map(([, state]) => state);
    const state = await firstLost(one, own);
    if (state) lost.push({ topic: log.topic, partition, ordinal: state.ordinal });
    const isFromHere = own.some(({ ordinal }) => ordinal >= (begins ?? 0));
    if (state || isFromHere || begins === undefined || !consumer.furthest) continue;
    // It has not come to where this incarnation begins: nothing of it can be from behind that place.
    const ordinal = (furthest ??= await consumer.furthest())[key] ?? 0;
    if (ordinal >= begins) lost.push({ topic: log.topic, partition, ordinal });
  }
  return lost;
};

const firstLost = async (
  where: RestoredPartition,
  states: readonly ReaderState[],
): Promise<ReaderState | undefined> => {
  for (const state of states) if (state.logId !== where.logId || !(await placeInLog(where, state))) return state;
  return undefined;
};
