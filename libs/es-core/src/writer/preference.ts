/**
 * Which partitions this instance is the preferred writer of. Any instance is safe anywhere; the preferred one is fast,
 * because nobody else is expected to write there.
 */
export interface Preference {
  /** True only while the others know it too. */
  isMine(partition: number): boolean;
  /** Calls `listener` after every change, until the answer is called. */
  onChange(listener: () => void): () => void;
}

/** Of the one and only instance. */
export const ALL_MINE: Preference = { isMine: () => true, onChange: () => () => undefined };
