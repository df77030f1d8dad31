import type { EventStore } from '../event-store.js';
import type { Platform } from '../platform.js';
import { streamId } from '../stream-id.js';
import { plain, type PlainAggregate, type PlainCommand } from './decider-of.js';
import { StreamStates } from './stream-states.js';

export interface ContextOptions {
  readonly store: Pick<EventStore, 'isMine' | 'version' | 'versionAt' | 'stateOf' | 'load'>;
  readonly platform: Platform;
  readonly settings: Readonly<Record<string, unknown>>;
}

/** Another aggregate whose state a decision looks at. */
interface OtherState {
  readonly name: string;
  readonly category: string;
  readonly initialState: unknown;
  readonly states: StreamStates;
  readonly id: (command: PlainCommand) => string | undefined;
}

/** What the decisions of one aggregate are given beside state and command. */
export class DecisionContexts {
  readonly #settings: Readonly<Record<string, unknown>>;
  readonly #others: readonly OtherState[];

  /** @throws Error naming a setting that is not there */
  constructor(
    aggregate: PlainAggregate,
    private readonly options: ContextOptions,
  ) {
    this.#settings = settingsFor(aggregate, options.settings);
    this.#others = Object.entries(aggregate.context).flatMap(([name, source]) => {
      if (source.kind === 'setting') return [];
      const other = plain(source.of);
      const states = new StreamStates(other, options.store, options.platform);
      const { category, initialState } = other;
      return [{ name, category, initialState, states, id: source.id as OtherState['id'] }];
    });
  }

  /** The streams that the command's decision looks at and that another instance may be writing. */
  othersStreams(command: PlainCommand): readonly string[] {
    return this.#others.flatMap(({ category, id }) => {
      const found = id(command);
      if (found === undefined) return [];
      const stream = streamId(category, found);
      return this.options.store.isMine(stream) ? [] : [stream];
    });
  }

  /** A state is looked up when the decision looks at it: most commands do not. */
  of(command: PlainCommand): Readonly<Record<string, unknown>> {
    if (this.#others.length === 0) return this.#settings;
    const context = { ...this.#settings };
    for (const { name, initialState, states, id } of this.#others)
      Object.defineProperty(context, name, {
        enumerable: true,
        get: () => {
          const found = id(command);
          return found === undefined ? initialState : states.stateOf(found).state;
        },
      });
    return context;
  }
}

/** Those that the aggregate names. @throws Error naming one that is not there */
export const settingsFor = (
  { category, context }: Pick<PlainAggregate, 'category' | 'context'>,
  settings: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> =>
  Object.fromEntries(
    Object.entries(context).flatMap(([key, source]) => {
      if (source.kind === 'state') return [];
      if (settings[source.name] === undefined)
        throw new Error(`${category} needs the setting ${source.name}: give it to the module under \`settings\``);
      return [[key, settings[source.name]]];
    }),
  );

/** As a rehearsal gives it, which knows the settings of today and of other aggregates only how they begin. */
export const rehearsedContext = (
  aggregate: Pick<PlainAggregate, 'category' | 'context'>,
  settings: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> => ({
  ...settingsFor(aggregate, settings),
  ...initialStates(aggregate),
});

export const initialStates = ({ context }: Pick<PlainAggregate, 'context'>): Readonly<Record<string, unknown>> =>
  Object.fromEntries(
    Object.entries(context).flatMap(([name, source]) =>
      source.kind === 'state' ? [[name, source.of.initialState]] : [],
    ),
  );
