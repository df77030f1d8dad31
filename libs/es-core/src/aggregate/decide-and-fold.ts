import type { NewEventOf } from '../events/define-events.js';
import { plain, type PlainCommand, withId } from './decider-of.js';
import type { Decision, DomainEvent } from './decision.js';
import { initialStates } from './decision-contexts.js';
import type { AnyAggregate, CommandOf, ContextOf, EventsOf, StateOf } from './define-aggregate.js';

/** The state after `events`, from the beginning or from `state`. */
export const fold = <A extends AnyAggregate>(
  aggregate: A,
  events: Iterable<NewEventOf<EventsOf<A>>>,
  state: StateOf<A> = aggregate.initialState as StateOf<A>,
): StateOf<A> => {
  const { evolve } = plain(aggregate);
  let result: unknown = state;
  for (const event of events) result = evolve(result, event as DomainEvent);
  return result as StateOf<A>;
};

/** A command with what surrounds its decision. */
export interface ToDecide<A extends AnyAggregate> {
  readonly command: CommandOf<A>;
  /** The decision's time, ISO 8601 UTC. */
  readonly at: string;
  /** Of the instance, where commands hold it. */
  readonly id?: string;
  /** Settings; and other aggregates' states, which are the initial ones where nothing else is said. */
  readonly context?: Partial<ContextOf<A>>;
}

/** What the rules say, without any store: for specs. */
export const decide = <A extends AnyAggregate>(
  aggregate: A,
  state: StateOf<A>,
  { command, at, id = '1', context }: ToDecide<A>,
): Decision<NewEventOf<EventsOf<A>>> => {
  const rules = plain(aggregate);
  const whole = { ...withId(rules, id, command as PlainCommand), at };
  return rules.decide(state, whole, { ...initialStates(rules), ...context }) as Decision<NewEventOf<EventsOf<A>>>;
};
