import { AssertionError } from 'node:assert/strict';
import { type Decider, type Decision, type DomainCommand, type DomainEvent, fold } from '@ledgerline/es-core';
import { assertSame, frozen } from './same.js';

/** What the command led to. Each of these fails with a diff when it was something else. */
export interface DecisionSpecification<State, E extends DomainEvent> {
  /** The command was accepted and records exactly these events. */
  then(...events: readonly E[]): StateSpecification<State>;
  /** The command was accepted and records nothing: its wish is fulfilled already. */
  thenNothing(): StateSpecification<State>;
  /** The command was rejected by the rule with this code. */
  thenRejected(code: string): StateSpecification<State>;
  /** The state after what was given and what the command recorded. */
  thenState(state: State): void;
}

/** The state that the events lead to. */
export interface StateSpecification<State> {
  thenState(state: State): void;
}

export interface GivenEvents<State, C extends DomainCommand, E extends DomainEvent> extends StateSpecification<State> {
  when(command: C): DecisionSpecification<State, E>;
}

export interface DeciderSpecification<State, C extends DomainCommand, E extends DomainEvent> {
  /** What happened before; nothing for an aggregate that does not exist yet. */
  given(...events: readonly E[]): GivenEvents<State, C, E>;
}

/**
 * Given/when/then for a decider: `given(created).when(cancel).then(cancelled)`. Works in every test runner. State, command
 * and events are frozen, so a decider that changes what it was given fails.
 */
export const specification = <State, C extends DomainCommand, E extends DomainEvent>(
  decider: Decider<State, C, E>,
): DeciderSpecification<State, C, E> => ({
  given: (...events) => {
    const state = stateAfter(decider, frozen(decider.initialState), events);
    return {
      when: (command) => outcomeOf(decider, state, decider.decide(state, frozen(command))),
      ...stateIs(state),
    };
  },
});

const outcomeOf = <State, C extends DomainCommand, E extends DomainEvent>(
  decider: Decider<State, C, E>,
  before: State,
  decision: Decision<E>,
): DecisionSpecification<State, E> => {
  const recorded = decision.events ?? [];
  const after = stateIs(stateAfter(decider, before, recorded));
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

const stateAfter = <State, E extends DomainEvent>(
  decider: Pick<Decider<State, never, E>, 'initialState' | 'evolve'>,
  state: State,
  events: readonly E[],
): State => {
  const evolve = (before: State, event: E): State => frozen(decider.evolve(before, event));
  return fold({ initialState: decider.initialState, evolve }, events.map(frozen), state);
};

const stateIs = <State>(actual: State): StateSpecification<State> => ({
  thenState: (state) => assertSame(actual, state, 'the events lead to another state'),
});

const assertAccepted = <E extends DomainEvent>({ rejection }: Decision<E>): void => {
  if (!rejection) return;
  const reason = rejection.reason === undefined ? '' : ` (${rejection.reason})`;
  throw new AssertionError({ message: `the command was rejected: ${rejection.code}${reason}`, actual: rejection });
};
