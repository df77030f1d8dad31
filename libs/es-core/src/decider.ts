/** Something that happened, as the domain sees it today. Stored shapes of the past are led to it by upcasters. */
export interface DomainEvent {
  readonly type: string;
  readonly data: unknown;
}

/** A wish. `at` is the decision's time, ISO 8601 UTC: the command handler sets it, and it never goes back in a partition. */
export interface DomainCommand {
  readonly type: string;
  readonly at: string;
}

/** A rule said no: a value, not an error. `code` is stable and kebab-case; `reason` is for people. */
export interface Rejection {
  readonly code: string;
  readonly reason?: string;
}

export type Decision<E extends DomainEvent> =
  | { readonly events: readonly E[]; readonly rejection?: undefined }
  | { readonly events?: undefined; readonly rejection: Rejection };

/**
 * The rules of one kind of aggregate, as values: no clock, no ids of its own making, no side effects.
 * The shape is Jérémie Chassaing's decider. States are JSON values, so that they can be kept as snapshots.
 */
export interface Decider<State, Command extends DomainCommand, Event extends DomainEvent> {
  readonly initialState: State;
  /** Goes up when `evolve` comes to another state without any change of code, such as by a setting: snapshots made before are then ignored. */
  readonly revision?: number;
  /** Answers the events to record (none: the wish is already fulfilled) or the rule that forbids it. */
  decide(state: State, command: Command): Decision<Event>;
  /** The state after `event`. Never fails: what was recorded happened. */
  evolve(state: State, event: Event): State;
}

export const accept = <E extends DomainEvent>(...events: readonly E[]): Decision<E> => ({ events });

export const reject = (code: string, reason?: string): { readonly rejection: Rejection } => ({
  rejection: reason === undefined ? { code } : { code, reason },
});

/** Ends a `decide`: a command type that was forgotten does not compile. */
export const unreachable = (command: never): never => {
  throw new Error(`no rule for ${JSON.stringify((command as DomainCommand).type)}`);
};

/** Ends an `evolve` or a projection: a type of ours that was forgotten does not compile, a newer writer's is skipped. */
export const ignoreUnknown = <State>(_event: never, state: State): State => state;

/** The state after `events`, from the beginning or from `state`. */
export const fold = <State, E extends DomainEvent>(
  decider: { readonly initialState: State; evolve(state: State, event: E): State },
  events: Iterable<E>,
  state: State = decider.initialState,
): State => {
  let result = state;
  for (const event of events) result = decider.evolve(result, event);
  return result;
};
