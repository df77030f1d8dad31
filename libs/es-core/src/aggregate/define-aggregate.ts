import type { Decision } from './decision.js';
import type { EventName, EventOf, Events, Immutable, NewEventOf } from '../events/define-events.js';
import { checked, type InputOf, jsonSchemaOf, type OutputOf, type Schema } from '../schema.js';
import { ID_PATTERN, ID_RULE } from '../stream-id.js';
import { callingFiles } from './calling-files.js';
import type { ContextValues, DecisionContext } from './context-source.js';

/** By the command's name: the schema of its fields. */
export type Commands = Readonly<Record<string, Schema>>;

/** By the command's name: the field that names the instance it is for, and that is filled in from there. */
type IdFields<C extends Commands> = { readonly [K in keyof C & string]?: string };
type IdFieldOf<F, K> = K extends keyof F
  ? F[K] extends string
    ? { readonly [Field in F[K]]: string }
    : unknown
  : unknown;

/** Of a command without fields some schemas say that every field is `never`. */
type Fields<T> = string extends keyof T ? unknown : Immutable<T>;

/** A command that was checked: its name and its fields. */
type CommandIn<C extends Commands, N extends keyof C & string> = {
  [K in N]: { readonly type: K } & Fields<OutputOf<C[K]>>;
}[N];
/** A command as somebody gives it, before its schema. */
type InputIn<C extends Commands, N extends keyof C & string> = {
  [K in N]: { readonly type: K } & Fields<InputOf<C[K]>>;
}[N];
/** A command as it is decided. `at` is the decision's time, ISO 8601 UTC: the writer sets it, and it never goes back in a partition. */
type DecidedIn<C extends Commands, F, N extends keyof C & string> = {
  [K in N]: { readonly type: K; readonly at: string } & Fields<OutputOf<C[K]>> & IdFieldOf<F, K>;
}[N];

/** One rule for each command: a forgotten one does not compile. */
type DecideMap<E extends Events, C extends Commands, S, X extends DecisionContext, F> = {
  readonly [K in keyof C & string]: (
    state: S,
    command: DecidedIn<C, F, K>,
    context: ContextValues<X>,
  ) => Decision<NewEventOf<E>>;
};
type DecideFunction<E extends Events, C extends Commands, S, X extends DecisionContext, F> = (
  state: S,
  command: DecidedIn<C, F, keyof C & string>,
  context: ContextValues<X>,
) => Decision<NewEventOf<E>>;

/** One fold for each event: a forgotten one does not compile, and one that only newer code knows never comes here. */
type EvolveMap<E extends Events, S, R> = {
  readonly [K in EventName<E>]: (state: S, event: NewEventOf<E, K>) => NoInfer<S> | R;
};
type EvolveFunction<E extends Events, S, R> = (state: S, event: NewEventOf<E>) => NoInfer<S> | R;

/**
 * One kind of aggregate, as a value: no clock, no ids of its own making, no side effects. The shape is Jérémie Chassaing's decider.
 * `R` is what `evolve` answers: by it TypeScript keeps the literals of `() => ({ status: 'shipped' })`.
 */
export interface AggregateDefinition<
  E extends Events,
  C extends Commands,
  S,
  I extends keyof C & string,
  X extends DecisionContext,
  F extends IdFields<C>,
  R extends S = S,
> {
  /** First part of the streams' names: `parcel` for `parcel-7`. */
  readonly category: string;
  readonly events: E;
  readonly commands: C;
  /** Commands that only the process gives: `handle` and the library's routes refuse them, `send` does not. */
  readonly internal?: readonly I[];
  /** Commands that hold the id of the instance they are for, and in which field: it is filled in, and nobody sends it. */
  readonly idFields?: F;
  readonly context?: X;
  /** A JSON value, as all states are: they are kept as snapshots. */
  readonly initialState: S;
  /** Answers the events to record (none: what is wanted is so already) or the rule that forbids it. */
  readonly decide: DecideMap<E, C, S, X, F> | DecideFunction<E, C, S, X, F>;
  /** The state after an event. Never fails: what was recorded happened. */
  readonly evolve: EvolveMap<E, S, R> | EvolveFunction<E, S, R>;
  /** Codes of rules that may say yes a moment later, without anybody changing the command. */
  readonly retriable?: readonly string[];
  /** Commands with fields that are about a person (`personal`): whom; undefined where a command has none. Needs a store of keys. */
  readonly personal?: { readonly [K in keyof C & string]?: (command: CommandIn<C, K>) => string | undefined };
  /**
   * Commands that become due: the process gives them at a time that an event sets. What an event answers is that time (ISO 8601),
   * `null` where there is no deadline any more, undefined where it changes nothing. Deadlines survive restarts.
   */
  readonly deadlines?: {
    readonly [K in keyof C & string]?: {
      readonly [N in EventName<E>]?: (event: EventOf<E, N>) => string | null | undefined;
    };
  };
  /**
   * The commands of which one may have recorded the event, as the first of its commit; for a rehearsal, which decides the one again
   * whose fingerprint the record has. Guesses are welcome.
   */
  readonly rehearse?: {
    readonly [N in EventName<E>]?: (
      event: NewEventOf<E, N>,
    ) => CommandIn<C, keyof C & string> | readonly CommandIn<C, keyof C & string>[];
  };
}

/** An aggregate whatever its types are. */
export interface AnyAggregate {
  readonly category: string;
  readonly events: Events;
  readonly commands: Commands;
  readonly internal?: readonly string[];
  readonly context?: DecisionContext;
  readonly retriable?: readonly string[];
  readonly initialState: unknown;
  /** The files that its declaration runs through: snapshots of other code are ignored. */
  readonly declaredIn: readonly string[];
}

/** An aggregate as it was declared. */
export type Aggregate<
  E extends Events,
  C extends Commands,
  S,
  I extends keyof C & string,
  X extends DecisionContext,
  F extends IdFields<C>,
> = AggregateDefinition<E, C, S, I, X, F> & Pick<AnyAggregate, 'declaredIn'>;

type CommandName<A extends AnyAggregate> = keyof A['commands'] & string;
type InternalName<A extends AnyAggregate> = NonNullable<A['internal']>[number];

/** A command of the aggregate, checked, as `send` takes it. */
export type CommandOf<A extends AnyAggregate, N extends CommandName<A> = CommandName<A>> = CommandIn<A['commands'], N>;
/** A command that anybody may give, as `handle` takes it. */
export type PublicCommandOf<A extends AnyAggregate> = InputIn<A['commands'], Exclude<CommandName<A>, InternalName<A>>>;
/** The fields of a command, as somebody gives them. */
export type BodyOf<A extends AnyAggregate, N extends CommandName<A>> = InputOf<A['commands'][N]>;
/** What its decisions are given as their third argument. */
export type ContextOf<A extends AnyAggregate> = ContextValues<NonNullable<A['context']>>;
export type StateOf<A extends AnyAggregate> = A['initialState'];
export type EventsOf<A extends AnyAggregate> = A['events'];

/**
 * Declares an aggregate; all types are inferred.
 * @throws Error naming the category and the rule that the declaration breaks
 */
export const defineAggregate = <
  E extends Events,
  C extends Commands,
  S,
  const I extends keyof C & string = never,
  X extends DecisionContext = Record<never, never>,
  const F extends IdFields<C> = Record<never, never>,
  const R extends S = S,
>(
  definition: AggregateDefinition<E, C, S, I, X, F, R>,
): Aggregate<E, C, S, I, X, F> => {
  const aggregate = { ...(definition as unknown as AggregateDefinition<E, C, S, I, X, F>), declaredIn: callingFiles() };
  requireSound(aggregate);
  return aggregate;
};

/** Set by the library. */
const RESERVED = ['type', 'at'];

const requireSound = ({
  category,
  commands,
  internal = [],
  deadlines = {},
}: AnyAggregate & { readonly deadlines?: object }): void => {
  if (!ID_PATTERN.test(category) || category.includes('-'))
    throw new Error(`the category ${category} ${ID_RULE}, and has no hyphen: that begins the id`);
  const unknown = internal.find((name) => !(name in commands));
  if (unknown !== undefined) throw new Error(`${category}: ${unknown} is internal, and is none of its commands`);
  for (const [name, schema] of Object.entries(commands)) {
    if (name in deadlines && checked(schema, {}, name).issues)
      throw new Error(`${category}: ${name} has a deadline, so it must do without fields that somebody fills in`);
    const { properties } = jsonSchemaOf(schema) ?? {};
    const reserved = RESERVED.find((field) => field in ((properties as object | undefined) ?? {}));
    if (reserved !== undefined) throw new Error(`${name}: the library sets ${reserved}, so no field may have the name`);
  }
};
