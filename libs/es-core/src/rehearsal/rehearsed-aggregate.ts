import type { Wish } from '../aggregate.js';
import type { EventCatalogue } from '../catalogue.js';
import type { Decider, DomainCommand, DomainEvent } from '../decider.js';

/** One kind of aggregate, as a rehearsal sees it. */
export interface RehearsedAggregate<
  State = never,
  Command extends DomainCommand = never,
  Event extends DomainEvent = never,
> {
  readonly category: string;
  readonly decider: Decider<State, Command, Event>;
  readonly catalogue: EventCatalogue<Event>;
  /**
   * The commands of which one may have recorded these events, today's; none where that cannot be told. Guesses are welcome: only
   * the one whose fingerprint the record has is decided again.
   */
  commandsOf(events: readonly Event[]): readonly Wish<Command>[];
}

/** Forgets the types of what is kept under a category. */
export const rehearsed = <State, Command extends DomainCommand, Event extends DomainEvent>(
  aggregate: RehearsedAggregate<State, Command, Event>,
): RehearsedAggregate => aggregate as unknown as RehearsedAggregate;

/** What is known of every aggregate whose types were forgotten. */
export interface AnyAggregate {
  readonly decider: Decider<unknown, DomainCommand, DomainEvent>;
  readonly catalogue: EventCatalogue<DomainEvent>;
  commandsOf(events: readonly DomainEvent[]): readonly Wish<DomainCommand>[];
}

export const byCategory = (aggregates: readonly RehearsedAggregate[]): ReadonlyMap<string, AnyAggregate> =>
  new Map(aggregates.map((one) => [one.category, one as unknown as AnyAggregate]));
