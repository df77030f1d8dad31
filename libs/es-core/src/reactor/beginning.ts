import { beforeGenesis, type Commit, stateBehind } from '../chain/chain.js';
import { ChainReader } from '../chain/chain-reader.js';
import type { ReaderState } from '../chain/reader-state.js';
import type { PartitionedLog } from '../log/partitioned-log.port.js';
import type { Platform } from '../platform.js';
import type { BeginningInLog, ParkedReactions } from './parked-reactions.port.js';

/**
 * Where a reactor begins in each partition in which it has no progress: with the first message, with the first one that comes behind
 * the end that the log has when the reactor is first seen, or with the first one that was recorded at or after a time (ISO 8601).
 */
export type Beginning = 'start' | 'now' | IsoTime;
export type IsoTime = `${number}-${number}-${number}T${string}`;

export interface ToBegin {
  readonly log: PartitionedLog;
  readonly logId: string;
  readonly platform: Platform;
  readonly partition: number;
  readonly from: Beginning;
  /** Where the reactor has begun already, if it has. */
  readonly begun: BeginningInLog | undefined;
  readonly parked: Pick<ParkedReactions, 'begin'>;
}

/** The place from which reading begins; that of `now` is recorded first. Reads the partition up to there. @throws LogUnavailable */
export const beginningOf = async (to: ToBegin): Promise<ReaderState> => {
  const { from, logId } = to;
  if (from === 'start') return beforeGenesis(logId);
  if (from !== 'now') {
    const time = new Date(from).toISOString();
    return placeBefore(to, ([first]) => first.time >= time);
  }
  const ordinal = await endWhenSeen(to);
  return placeBefore(to, ([first]) => first.ordinal > ordinal);
};

const endWhenSeen = async (to: ToBegin): Promise<number> => {
  const { begun, logId, partition, parked } = to;
  if (begun?.logId === logId) return begun.ordinal;
  const { ordinal } = await placeBefore(to, () => false);
  return (await parked.begin(partition, { logId, ordinal })).ordinal;
};

/** Behind the last commit that comes before the first one that is due. */
const placeBefore = async ({ logId, ...where }: ToBegin, isDue: (commit: Commit) => boolean): Promise<ReaderState> => {
  let state = beforeGenesis(logId);
  const reader = new ChainReader({ ...where, state, follow: false });
  try {
    for (let read = await reader.next(); read; read = await reader.next())
      for (const commit of read.commits) {
        if (isDue(commit)) return state;
        state = stateBehind(commit, logId);
      }
    return state;
  } finally {
    await reader.close();
  }
};
