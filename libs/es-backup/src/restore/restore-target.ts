import type { Platform } from '@ledgerline/es-core';
import type { PartitionedLog } from '@ledgerline/es-core/adapter';
import { type Restoration, restorationOf, unfinishedPartitions } from '@ledgerline/es-core/runtime';
import { RestoreRefused } from '../format/backup.errors.js';
import type { TopicEntry } from '../format/manifest.js';

/** A log that may be filled with a topic of a backup. */
export class RestoreTarget {
  private constructor(
    readonly entry: TopicEntry,
    readonly log: PartitionedLog,
    readonly state: 'empty' | 'begun' | 'restored',
    /** The one that was begun, or a new one. */
    readonly restoration: Restoration,
  ) {}

  /** @throws RestoreRefused when the log holds anything but an earlier restore of the same backup */
  static async look(entry: TopicEntry, log: PartitionedLog, platform: Platform): Promise<RestoreTarget> {
    const heads = entry.partitions.map(({ ordinal, head }) => ({ ordinal, head }));
    const restoration = { incarnation: platform.randomId(), logId: entry.logId, heads };
    if (await isEmpty(log)) return new RestoreTarget(entry, log, 'empty', restoration);
    const begun = await restorationOf(log);
    if (!begun || !isSame(begun, restoration)) throw notEmpty(log, begun);
    const unfinished = await unfinishedPartitions(log, begun);
    return new RestoreTarget(entry, log, unfinished.length > 0 ? 'begun' : 'restored', begun);
  }
}

const isEmpty = async (log: PartitionedLog): Promise<boolean> => {
  for (let partition = 0; partition < log.partitions; partition += 1)
    if ((await log.bounds(partition)).end > 0) return false;
  return true;
};

const isSame = (a: Restoration, b: Restoration): boolean =>
  a.logId === b.logId &&
  a.heads.length === b.heads.length &&
  a.heads.every(({ ordinal, head }, i) => ordinal === b.heads[i]?.ordinal && head === b.heads[i]?.head);

const notEmpty = ({ topic }: PartitionedLog, begun: Restoration | undefined): RestoreRefused =>
  new RestoreRefused(
    'log-not-empty',
    begun
      ? `${topic} holds what was restored from another backup, or from this one as it was earlier: finish that one, or delete the topic; nothing was written`
      : `${topic} is not empty: a backup is restored into an empty log only. Delete the topic (on the embedded log, use another DATA_DIR) if it is not needed; nothing was written`,
  );
