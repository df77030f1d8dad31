/** Something that is not as it was sealed. */
export interface Trouble {
  /** `seal-edited`, `lost-tail`, `rewritten`, … */
  readonly code: string;
  /** For people: which file or partition, from where on. */
  readonly message: string;
  readonly file?: string;
  readonly topic?: string;
  readonly partition?: number;
  /** The first ordinal at which the log is known not to be what was sealed. */
  readonly ordinal?: number;
  /** Up to this ordinal it is. */
  readonly heldTo?: number;
}
