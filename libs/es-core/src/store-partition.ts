import { beforeGenesis, type Commit } from './chain/chain.js';
import type { ResolvedOptions } from './event-store-options.js';
import { WriteBehindIndex } from './stream-index/write-behind-index.js';
import { CheckedClock } from './writer/checked-clock.js';
import { StandbyCatchUp } from './writer/standby-catch-up.js';
import { PartitionFold } from './writer/partition-fold.js';
import { ALL_MINE } from './writer/preference.js';
import { Writer } from './writer/writer.js';

/** What a store does in one partition. */
export interface StorePartition {
  readonly writer: Writer;
  readonly fold: PartitionFold;
  readonly standbyCatchUp: StandbyCatchUp;
}

export const clockOf = ({ log, platform, limits }: ResolvedOptions): CheckedClock =>
  new CheckedClock({ platform, logHasClock: log.hasClock === true, limitMs: limits.maxClockSkewMs });

interface PartitionOptions extends ResolvedOptions {
  readonly clock: CheckedClock;
  readonly logId: string;
}

export const makePartition = (
  options: PartitionOptions,
  partition: number,
  onCommit: (commit: Commit) => void,
): StorePartition => {
  const { log, index, platform, clock, logId, source, owner, onTrouble, limits, preference = ALL_MINE } = options;
  const fold = new PartitionFold(new WriteBehindIndex(index, partition, platform, limits), limits);
  const state = index.readerState(partition) ?? beforeGenesis(logId);
  const writer = new Writer({
    ...limits,
    ...{ log, partition, platform, clock, source, owner, fold, state, onTrouble, onCommit },
    maxBatchBytes: log.maxBatchBytes,
    isPreferred: () => preference.isMine(partition),
  });
  return {
    writer,
    fold,
    standbyCatchUp: new StandbyCatchUp({ log, partition, platform, preference, writer, onTrouble }),
  };
};
