import type { ReaderState } from '../chain/reader-state.js';
import type { StreamIndex } from '../stream-index/stream-index.port.js';

/** How far each partition was dealt with, `orders.events/3` -> state. */
export type ProgressByPartition = Readonly<Record<string, ReaderState>>;

/**
 * Where a reactor keeps how far it has come, for whichever instance goes on from there. What is lost costs repeats, which
 * record nothing.
 */
export interface ReactorProgress {
  /** All that was saved last. */
  load(): Promise<ProgressByPartition>;
  /** Stores these partitions' progress, and leaves the others' as it is. */
  save(progress: ProgressByPartition): Promise<void>;
}

/** Progress in the index of the service that the reactor sends commands to: right where one instance does all the work. */
export const progressInIndex = (index: StreamIndex, reactor: string): ReactorProgress => {
  const name = `reactor/${reactor}`;
  const stored = (): ProgressByPartition => JSON.parse(index.note(name) ?? '{}') as ProgressByPartition;
  return {
    load: () => Promise.resolve(stored()),
    save: (progress) => index.writeNote(name, JSON.stringify({ ...stored(), ...progress })),
  };
};
