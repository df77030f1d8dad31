import type { EventCatalogue } from '../catalogue.js';
import type { Decision, DomainCommand, DomainEvent } from './decision.js';
import type { ContextSource, StateOwner } from './context-source.js';
import type { Recorded } from '../recorded-event.js';
import { idOf } from '../stream-id.js';
import type { AnyAggregate, Commands } from './define-aggregate.js';

/** An aggregate's rules, whichever form they are written in. */
export interface Decider {
  readonly initialState: unknown;
  decide(state: unknown, command: DomainCommand, context: unknown): Decision<DomainEvent>;
  evolve(state: unknown, event: DomainEvent): unknown;
}

/** What is known of an aggregate whose types were forgotten. */
export interface PlainAggregate extends Decider {
  readonly category: string;
  readonly catalogue: EventCatalogue<DomainEvent>;
  readonly commands: Commands;
  readonly internal: readonly string[];
  readonly idFields: Readonly<Record<string, string>>;
  readonly context: Readonly<Record<string, ContextSource>>;
  readonly retriable: readonly string[];
  readonly personal: Readonly<Record<string, (command: unknown) => string | undefined>>;
  /** By the command, then by the event. */
  readonly deadlines: Readonly<
    Record<string, Readonly<Record<string, (event: Recorded) => string | null | undefined>>>
  >;
  readonly rehearse: Readonly<Record<string, (event: DomainEvent) => PlainCommand | readonly PlainCommand[]>>;
  readonly declaredIn: readonly string[];
  /** The text of its folds. */
  readonly foldText: string;
}

export interface PlainCommand {
  readonly type: string;
}

type Decide = Decider['decide'];
type Evolve = Decider['evolve'];

/** The aggregate without its types: what runs it is written once, for all of them. */
export const plain = (aggregate: StateOwner): PlainAggregate => {
  const { decide, evolve, ...declared } = aggregate as StateOwner & Declared;
  return {
    ...{ internal: [], idFields: {}, context: {}, retriable: [], personal: {}, deadlines: {}, rehearse: {} },
    ...declared,
    catalogue: aggregate.events.catalogue,
    decide: (state, command, context) => {
      const rule = typeof decide === 'function' ? decide : decide[command.type];
      return rule?.(state, command, context) ?? noRuleFor(command);
    },
    evolve: typeof evolve === 'function' ? evolve : (state, event) => evolve[event.type]?.(state, event) ?? state,
    foldText: typeof evolve === 'function' ? evolve.toString() : textOf(evolve),
  };
};

type Rule = (...asked: Parameters<Decide>) => Decision<DomainEvent> | undefined;

/** What a definition may leave out, and the forms that its rules may have. */
interface Declared
  extends
    Pick<AnyAggregate, 'commands' | 'declaredIn'>,
    Partial<Omit<PlainAggregate, 'decide' | 'evolve' | keyof AnyAggregate>> {
  readonly decide: Rule | Readonly<Record<string, Rule>>;
  readonly evolve: Evolve | Readonly<Record<string, Evolve>>;
}

/** Of a newer release, or a bug of ours. */
const noRuleFor = ({ type }: PlainCommand): never => {
  throw new Error(`no rule for ${JSON.stringify(type)}`);
};

const textOf = (evolve: Readonly<Record<string, Evolve>>): string =>
  JSON.stringify(Object.entries(evolve).map(([name, fold]) => [name, fold.toString()]));

/** The command with the instance's id in the field that the aggregate has for it. */
export const withId = (
  { idFields }: Pick<PlainAggregate, 'idFields'>,
  id: string,
  command: PlainCommand,
): PlainCommand => {
  const field = idFields[command.type];
  return field === undefined ? command : { ...command, [field]: id };
};

/** The commands of which one may have recorded these events of one commit. */
export const mayHaveRecorded = (
  aggregate: PlainAggregate,
  stream: string,
  [first]: readonly DomainEvent[],
): readonly PlainCommand[] => {
  const guesses = first ? [aggregate.rehearse[first.type]?.(first) ?? []].flat() : [];
  return guesses.map((command) => withId(aggregate, idOf(stream), command));
};
