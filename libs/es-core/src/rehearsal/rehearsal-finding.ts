/** Something that this code would not take, or do, as it was recorded. */
export interface RehearsalFinding {
  /**
   * `unreadable`: it does not parse; `unknown`: no type, version or kind of stream of this code; `fold-failed`: the fold cannot take it;
   * `decision-changed`: the same command on the same state is decided otherwise; `reaction-changed`: another command follows from the
   * same message, or none, or an error.
   */
  readonly problem: 'unreadable' | 'unknown' | 'fold-failed' | 'decision-changed' | 'reaction-changed';
  readonly stream: string;
  readonly version: number;
  /** The stored name; of a verdict, and of what follows from a message, the command's. */
  readonly type: string;
  /** `parcels.events/3@1204` */
  readonly position: string;
  /** What is wrong, in words. Never data. */
  readonly detail: string;
}
