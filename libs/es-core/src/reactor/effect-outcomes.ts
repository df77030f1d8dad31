import type { EventCatalogue } from '../catalogue.js';
import type { DomainEvent } from '../aggregate/decision.js';
import type { EventStore } from '../event-store.js';
import { wholeCommits } from '../stream-index/commits-in.js';
import type { EffectOutcomes } from './reaction.js';

export interface OutcomesIn {
  readonly store: Pick<EventStore, 'read' | 'version'>;
  readonly catalogue: EventCatalogue<DomainEvent>;
  /** Resolves when the store knows everything that was recorded in the stream before the call, by whichever instance. */
  readonly catchUp: (stream: string) => Promise<void>;
}

/** Outcomes as the event store knows them, on a fold that is up to date. */
export const outcomesIn = ({ store, catalogue, catchUp }: OutcomesIn): EffectOutcomes => ({
  isRecorded: async (message, { settledBy, outcomeIn }) => {
    const { context } = message;
    const stream = outcomeIn?.(message) ?? context.stream;
    await catchUp(stream);
    const from = stream === context.stream ? context.version + 1 : 1;
    const range = { stream, from, to: store.version(stream) };
    for (const commit of from > range.to ? [] : wholeCommits((...asked) => store.read(...asked), range))
      if (commit.some(({ causationId }) => causationId === context.id))
        for (const today of catalogue.decode(commit))
          if (typeof today !== 'string' && today.some(({ type }) => settledBy.includes(type))) return true;
    return false;
  },
});
