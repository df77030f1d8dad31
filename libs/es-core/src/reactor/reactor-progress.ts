import type { ReaderState } from '../chain/reader-state.js';
import type { StreamIndex } from '../stream-index/stream-index.port.js';

/** How far a reactor has dealt with one partition. */
export interface ReactorState extends ReaderState {
  /**
   * There where it began without progress: until when messages had been recorded by then (ISO 8601). Somebody may have dealt with
   * them before.
   */
  readonly historyUntil?: string;
}

/** How far each partition was dealt with, `parcels.events/3` -> state. */
export type ProgressByPartition = Readonly<Record<string, ReactorState>>;

/**
 * Where a reactor keeps how far it has come, for whichever instance goes on from there. What is lost costs reading: reactions
 * are repeated, which records nothing, and effects are looked up.
 */
export interface ReactorProgress {
  /** All that was saved last. */
  load(): Promise<ProgressByPartition>;
  /** Stores these partitions' progress, and leaves the others' as it is. */
  save(progress: ProgressByPartition): Promise<void>;
}

/** What was saved in several places, each of which may lose it: of each partition of the log the furthest counts. */
export const furthestProgress = async (
  places: readonly Pick<ReactorProgress, 'load'>[],
  logId: string,
): Promise<ProgressByPartition> => {
  const furthest: Record<string, ReactorState> = {};
  for (const progress of await Promise.all(places.map((place) => place.load())))
    for (const [key, state] of Object.entries(progress))
      if (state.logId === logId && state.ordinal > (furthest[key]?.ordinal ?? -1)) furthest[key] = state;
  return furthest;
};

/** The progress that releases before 2026-12 kept in the index of the service. */
export const progressInIndex = (index: Pick<StreamIndex, 'note'>, reactor: string): Pick<ReactorProgress, 'load'> => ({
  load: () => Promise.resolve(JSON.parse(index.note(`reactor/${reactor}`) ?? '{}') as ProgressByPartition),
});
