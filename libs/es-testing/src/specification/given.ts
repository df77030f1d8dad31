import { AssertionError } from 'node:assert/strict';
import {
  type AnyAggregate,
  type CommandOf,
  decide,
  type Decision,
  fold,
  type NewEventOf,
  type StateOf,
} from '@ledgerline/es-core';
import type { DomainEvent, EventsOf, ToDecide } from '@ledgerline/es-core/runtime';
import { assertSame, frozen } from './same.js';

type EventIn<A extends AnyAggregate> = NewEventOf<EventsOf<A>>;

/** What the command led to. Each of these fails with a diff when it was something else. */
export interface DecisionSpecification<A extends AnyAggregate> {
  /** The command was accepted and records exactly these events. */
  then(...events: readonly EventIn<A>[]): StateSpecification<A>;
  /** The command was accepted and records nothing: what is wanted is so already. */
  thenNothing(): StateSpecification<A>;
  /** The command was rejected by the rule with this code. */
  thenRejected(code: string): StateSpecification<A>;
  /** The state after what was given and what the command recorded. */
  thenState(state: StateOf<A>): void;
}

/** The state that the events lead to. */
export interface StateSpecification<A extends AnyAggregate> {
  thenState(state: StateOf<A>): void;
}

export interface GivenEvents<A extends AnyAggregate> extends StateSpecification<A> {
  /** At the beginning of 2026, unless the command says when. */
  when(
    command: CommandOf<A> & { readonly at?: string },
    surroundings?: Pick<ToDecide<A>, 'id' | 'context'>,
  ): DecisionSpecification<A>;
}

/**
 * Given/when/then for an aggregate: `given(parcel, shipped).when(deliver).then(delivered)`; no event for one that does not exist yet. Works
 * in every test runner. State, command and events are frozen, so rules that change what they were given fail.
 */
export const given = <A extends AnyAggregate>(aggregate: A, ...events: readonly EventIn<A>[]): GivenEvents<A> => {
  const state = stateAfter(aggregate, frozen(aggregate.initialState as StateOf<A>), events);
  return {
    when: (command, surroundings) => {
      const { at = '2026-01-01T00:00:00.000Z' } = command;
      return outcomeOf(aggregate, state, decide(aggregate, state, { ...surroundings, at, command: frozen(command) }));
    },
    ...stateIs(state),
  };
};

const outcomeOf = <A extends AnyAggregate>(
  aggregate: A,
  before: StateOf<A>,
  decision: Decision<EventIn<A>>,
): DecisionSpecification<A> => {
  const recorded = decision.events ?? [];
  const after = stateIs<A>(stateAfter(aggregate, before, recorded));
  return {
    ...after,
    then: (...events) => {
      assertAccepted(decision);
      assertSame(recorded, events, 'the decision records other events');
      return after;
    },
    thenNothing: () => {
      assertAccepted(decision);
      assertSame(recorded, [], 'the decision records events');
      return after;
    },
    thenRejected: (code) => {
      const message = decision.rejection ? 'rejected by another rule' : 'the command was not rejected';
      assertSame(decision.rejection?.code ?? recorded, code, message);
      return after;
    },
  };
};

/** Event by event: each has to leave the state before it as it was. */
const stateAfter = <A extends AnyAggregate>(
  aggregate: A,
  state: StateOf<A>,
  events: readonly EventIn<A>[],
): StateOf<A> => events.reduce((before, event) => frozen(fold(aggregate, [frozen(event)], before)), state);

const stateIs = <A extends AnyAggregate>(actual: StateOf<A>): StateSpecification<A> => ({
  thenState: (state) => assertSame(actual, state, 'the events lead to another state'),
});

const assertAccepted = ({ rejection }: Decision<DomainEvent>): void => {
  if (!rejection) return;
  const reason = rejection.reason === undefined ? '' : ` (${rejection.reason})`;
  throw new AssertionError({ message: `the command was rejected: ${rejection.code}${reason}`, actual: rejection });
};
