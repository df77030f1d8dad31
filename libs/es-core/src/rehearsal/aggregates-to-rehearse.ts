import type { AnyAggregate } from '../aggregate/define-aggregate.js';

export interface AggregatesToRehearse {
  /** All whose streams the topic holds. */
  readonly aggregates: readonly AnyAggregate[];
  /** Those of today, by which the commands are decided. */
  readonly settings: Readonly<Record<string, unknown>>;
}
