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

/** How far all reactors of a service have dealt with one partition, and each of them. */
export interface PartitionProgress extends ReactorState {
  /** By their names; absent in what releases before 2027 kept, in which all reactors of a service were one. */
  readonly reactors?: Readonly<Record<string, ReactorState>>;
}

/** How far each partition was dealt with, `parcels.events/3` -> state. */
export type ProgressByPartition = Readonly<Record<string, PartitionProgress>>;

/**
 * Where reactors keep how far they have come, for whichever instance goes on from there. What is lost costs reading: reactions
 * are repeated, which records nothing, and effects are looked up.
 */
export interface ReactorProgress {
  /** All that was saved last. */
  load(): Promise<ProgressByPartition>;
  /** Stores these partitions' progress, and leaves the others' as it is. */
  save(progress: ProgressByPartition): Promise<void>;
}

/** The progress that releases before 2026-12 kept in the index of the service. */
export const progressInIndex = (index: Pick<StreamIndex, 'note'>, reactor: string): Pick<ReactorProgress, 'load'> => ({
  load: () => Promise.resolve(JSON.parse(index.note(`reactor/${reactor}`) ?? '{}') as ProgressByPartition),
});
