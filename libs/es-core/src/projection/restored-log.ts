import type { Commit } from '../chain/chain.js';
import type { Progress } from '../chain/chain-reader.js';
import { type PartitionOfLog, placeInLog } from '../chain/place-in-chain.js';
import type { ReaderState } from '../chain/reader-state.js';
import { beginsIncarnation } from '../chain/restoration.js';
import { LogDiverged } from '../errors.js';
import { partitionKey } from '../position.js';
import type { Positions, ReadModelStore } from '../read-models/read-model-store.port.js';

/** Some commits, the reader's state behind them, and whether they end where a new incarnation of the log begins. */
export interface IncarnationSegment extends Pick<Progress, 'commits' | 'state'> {
  readonly beginsIncarnation: boolean;
}

/** The commits cut behind each record with which a new incarnation begins. */
export const segmentsOf = ({ commits, state }: Pick<Progress, 'commits' | 'state'>): readonly IncarnationSegment[] => {
  const segments: IncarnationSegment[] = [];
  let rest: Commit[] = [];
  for (const commit of commits) {
    rest.push(commit);
    const [{ hash: head, ordinal, offset: headOffset, time }] = commit;
    if (!beginsIncarnation(commit[0])) continue;
    segments.push({ commits: rest, state: { ...state, head, ordinal, headOffset, time }, beginsIncarnation: true });
    rest = [];
  }
  return rest.length > 0 ? [...segments, { commits: rest, state, beginsIncarnation: false }] : segments;
};

export interface FoldedCollection extends PartitionOfLog {
  readonly store: ReadModelStore;
  readonly collection: string;
  /** What any document had applied when it was looked at last. */
  readonly furthest: Positions;
}

/**
 * Holds where a new incarnation of the log begins at `state`: documents are written before their checkpoint, so those of the
 * incarnation before may be ahead of a checkpoint that is not. One that has passed this place before has stored so.
 * @throws LogDiverged when a document holds what the restored log does not
 */
export const requireNotAhead = async (folded: FoldedCollection, state: ReaderState): Promise<void> => {
  const { log, partition, store, collection, furthest } = folded;
  const key = partitionKey(log.topic, partition);
  const applied = furthest[key] ?? 0;
  if (applied < state.ordinal) return;
  const stored = (await store.checkpoints(collection)).get(key);
  if (stored && stored.ordinal >= state.ordinal && (await placeInLog(folded, stored))) return;
  throw new LogDiverged(
    log.topic,
    partition,
    `the log was restored, and ${collection} holds events of it up to ${applied}, which are not in it any more; bring it back with \`es restore --accept\``,
    { collection, ordinal: state.ordinal, applied },
  );
};
