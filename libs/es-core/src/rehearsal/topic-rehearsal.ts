import { beforeGenesis, type Commit } from '../chain/chain.js';
import { ChainReader } from '../chain/chain-reader.js';
import type { DomainEvent } from '../aggregate/decision.js';
import type { PartitionedLog } from '../log/partitioned-log.port.js';
import type { Platform } from '../platform.js';
import type { EventCatalogue } from '../catalogue.js';
import type { Source } from '../projection/projection-runner.js';
import type { Reaction } from '../reactor/reaction.js';
import type { AggregatesToRehearse } from './aggregates-to-rehearse.js';
import { PartitionRehearsal } from './partition-rehearsal.js';
import { ReactionRehearsal } from './reaction-rehearsal.js';
import type { RehearsalFinding } from './rehearsal-finding.js';
import type { RehearsedStore } from './rehearsed-store.js';

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
  /** Commands that reactions sent again, compared with what was recorded of them. */
  readonly reactions: number;
  /** Effects, reactions to which nothing is recorded yet, and whatever takes more than the logs. */
  readonly notRehearsed: number;
  readonly findingsCount: number;
  /** The first 1,000. */
  readonly findings: readonly RehearsalFinding[];
}

export interface TopicToRehearse extends AggregatesToRehearse {
  readonly log: PartitionedLog;
  readonly logId: string;
  readonly platform: Platform;
  readonly reactions?: ReactionsToRehearse;
}

/** A topic that is read, and what its events mean. */
export interface RehearsedSource extends Source {
  readonly catalogue: EventCatalogue<DomainEvent>;
}

/** The reactions whose commands the topic holds. */
export interface ReactionsToRehearse {
  /** Over the topic's log, what the aggregates of the reactions were made on. */
  readonly store: RehearsedStore;
  readonly sources: readonly RehearsedReactions[];
}

/** What is done because of messages of one topic. */
export interface RehearsedReactions extends RehearsedSource {
  readonly reactionsTo: (type: string) => readonly Reaction[];
}

const LISTED = 1_000;

class Findings {
  count = 0;
  readonly list: RehearsalFinding[] = [];

  add(found: readonly RehearsalFinding[]): void {
    this.count += found.length;
    this.list.push(...found.slice(0, LISTED - this.list.length));
  }
}

/**
 * Replays the topic from its beginning through this code's catalogues, folds, rules and reactions; writes nothing. The states of one
 * partition's streams are kept in memory, and what was recorded of the commands of reactions. @throws LogDiverged, LogUnavailable
 */
export const rehearseTopic = async (topic: TopicToRehearse): Promise<TopicRehearsal> => {
  const { log, platform, aggregates, settings, reactions } = topic;
  const findings = new Findings();
  const total = { events: 0, skipped: 0, decisions: 0, undecided: 0, reactions: 0, notRehearsed: 0 };
  for (let partition = 0; partition < log.partitions; partition += 1) {
    const rehearsal = new PartitionRehearsal({
      platform,
      aggregates,
      settings,
      place: { topic: log.topic, partition },
    });
    for await (const commits of commitsOf({ ...topic, partition }))
      for (const commit of commits) {
        reactions?.store.commands.take(commit);
        findings.add(rehearsal.take(commit));
      }
    for (const key of ['events', 'skipped', 'decisions', 'undecided'] as const) total[key] += rehearsal.counts[key];
  }
  if (reactions) Object.assign(total, await rehearseReactions({ ...topic, reactions }, findings));
  return { topic: log.topic, ...total, findingsCount: findings.count, findings: findings.list };
};

/** Once all that was recorded of commands is known, over all partitions. */
const rehearseReactions = async (
  { platform, aggregates, reactions }: Required<TopicToRehearse>,
  findings: Findings,
): Promise<ReactionRehearsal['counts']> => {
  const { sources, store } = reactions;
  const rehearsal = new ReactionRehearsal({ store, platform, aggregates });
  for (const { log, logId, ...messages } of sources)
    for (let partition = 0; partition < log.partitions; partition += 1)
      for await (const commits of commitsOf({ log, logId, platform, partition }))
        for (const commit of commits)
          findings.add(await rehearsal.take(commit, { ...messages, topic: log.topic, partition }));
  return rehearsal.counts;
};

type PartitionToRead = Pick<TopicToRehearse, 'log' | 'logId' | 'platform'> & { readonly partition: number };

async function* commitsOf({ log, logId, platform, partition }: PartitionToRead): AsyncIterable<readonly Commit[]> {
  const reader = new ChainReader({ log, partition, platform, state: beforeGenesis(logId), follow: false });
  try {
    for (let progress = await reader.next(); progress; progress = await reader.next()) yield progress.commits;
  } finally {
    await reader.close();
  }
}
