import { beforeGenesis } from '../chain/chain.js';
import { ChainReader } from '../chain/chain-reader.js';
import type { PartitionedLog } from '../log/partitioned-log.port.js';
import type { Platform } from '../platform.js';
import { PartitionRehearsal } from './partition-rehearsal.js';
import type { RehearsedAggregate } from './rehearsed-aggregate.js';

/** Something that this code would not take, or do, as it was recorded. */
export interface RehearsalFinding {
  /**
   * `unreadable`: it does not parse; `unknown`: no type, version or kind of stream of this code; `fold-failed`: the fold cannot take it;
   * `decision-changed`: the same command on the same state is decided otherwise.
   */
  readonly problem: 'unreadable' | 'unknown' | 'fold-failed' | 'decision-changed';
  readonly stream: string;
  readonly version: number;
  /** The stored name; of a verdict the command's. */
  readonly type: string;
  /** `orders.events/3@1204` */
  readonly position: string;
  /** What is wrong, in words. Never data. */
  readonly detail: string;
}

/** What a topic comes to when it is replayed by this code. */
export interface TopicRehearsal {
  readonly topic: string;
  readonly events: number;
  /** Events that came behind one that could not be taken, in the same stream: nothing can be said of them. */
  readonly skipped: number;
  /** Commands that were decided again, each proven to be the very one by its fingerprint. */
  readonly decisions: number;
  /** Commands that cannot be told from what they recorded: they were not decided again. */
  readonly undecided: number;
  readonly findingsCount: number;
  /** The first 1,000. */
  readonly findings: readonly RehearsalFinding[];
}

export interface TopicToRehearse {
  readonly log: PartitionedLog;
  readonly logId: string;
  readonly platform: Platform;
  /** Every kind of aggregate whose streams the topic holds. */
  readonly aggregates: readonly RehearsedAggregate[];
}

const LISTED = 1_000;

/**
 * Replays the topic from its beginning through this code's catalogues, folds and rules; writes nothing. The states of one
 * partition's streams are kept in memory. @throws LogDiverged, LogUnavailable
 */
export const rehearseTopic = async ({ log, logId, platform, aggregates }: TopicToRehearse): Promise<TopicRehearsal> => {
  const findings: RehearsalFinding[] = [];
  const total = { events: 0, skipped: 0, decisions: 0, undecided: 0, findingsCount: 0 };
  for (let partition = 0; partition < log.partitions; partition += 1) {
    const place = { topic: log.topic, partition };
    const rehearsal = new PartitionRehearsal({ platform, aggregates, place });
    const reader = new ChainReader({ log, partition, platform, state: beforeGenesis(logId), follow: false });
    try {
      for (let progress = await reader.next(); progress; progress = await reader.next())
        for (const commit of progress.commits) {
          const found = rehearsal.take(commit);
          total.findingsCount += found.length;
          findings.push(...found.slice(0, LISTED - findings.length));
        }
    } finally {
      await reader.close();
    }
    for (const key of ['events', 'skipped', 'decisions', 'undecided'] as const) total[key] += rehearsal.counts[key];
  }
  return { topic: log.topic, ...total, findings };
};
