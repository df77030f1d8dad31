import type { ProgressByPartition, PartitionProgress, ReactorProgress, ReactorState } from './reactor-progress.js';

export interface TopicProgressOptions {
  readonly logId: string;
  /** All that react to the topic, by their names. */
  readonly reactors: readonly string[];
  /** Where it is kept: in each of them, for each may lose it. */
  readonly places: readonly ReactorProgress[];
  /** Where it may be found beside these. */
  readonly earlier?: Pick<ReactorProgress, 'load'>;
}

type StateByReactor = Readonly<Record<string, ReactorState>>;

/**
 * How far the reactors of a service have come in one topic, each by itself, and kept together: of each partition one entry. Of
 * what several places have, the furthest counts. An entry in which no reactor has progress of its own is of before reactors had: all
 * that there are take it over.
 */
export class TopicProgress {
  readonly #known = new Map<string, StateByReactor>();
  #saving: Promise<unknown> = Promise.resolve();

  constructor(private readonly options: TopicProgressOptions) {}

  /** That of one reactor; another log's is none. */
  of(reactor: string): ReactorProgress {
    return { load: () => this.#load(reactor), save: (progress) => this.#save(reactor, progress) };
  }

  async #load(reactor: string): Promise<ProgressByPartition> {
    const { places, earlier, logId } = this.options;
    const stored = await Promise.all([...places, ...(earlier ? [earlier] : [])].map((place) => place.load()));
    for (const key of new Set(stored.flatMap((one) => Object.keys(one)))) {
      const entries = stored.flatMap((one) => one[key] ?? []);
      this.#take(
        key,
        entries.filter((entry) => entry.logId === logId),
      );
    }
    const states = [...this.#known].map(([key, { [reactor]: state }]) => [key, state] as const);
    return Object.fromEntries(states.flatMap(([key, state]) => (state ? [[key, state]] : [])));
  }

  #take(key: string, entries: readonly PartitionProgress[]): void {
    const states: Record<string, ReactorState> = {};
    for (const each of [this.#known.get(key) ?? {}, ...entries.map(({ reactors }) => reactors ?? {})])
      for (const [name, state] of Object.entries(each)) states[name] = further(state, states[name]);
    if (Object.keys(states).length === 0)
      for (const { reactors: _none, ...state } of entries)
        for (const name of this.options.reactors) states[name] = further(state, states[name]);
    this.#known.set(key, states);
  }

  /** One after the other, so that the last one counts: each holds what is known of all reactors. */
  async #save(reactor: string, progress: ProgressByPartition): Promise<void> {
    const entries = Object.fromEntries(
      Object.entries(progress).map(([key, state]) => {
        const reactors = { ...this.#known.get(key), [reactor]: state };
        this.#known.set(key, reactors);
        return [key, { ...this.#behindAll(reactors, state), reactors }];
      }),
    );
    const saving = this.#saving.then(() => Promise.all(this.options.places.map((place) => place.save(entries))));
    this.#saving = saving.catch(() => undefined); // Its error is for whoever called.
    await saving;
  }

  /** What all of them have dealt with: for releases in which the service has one progress, and for Kafka's own tools. */
  #behindAll(states: StateByReactor, given: ReactorState): ReactorState {
    const present = this.options.reactors.flatMap((name) => states[name] ?? []);
    return present.reduce((least, state) => (state.ordinal < least.ordinal ? state : least), given);
  }
}

const further = (state: ReactorState, other: ReactorState | undefined): ReactorState =>
  other && other.ordinal >= state.ordinal ? other : state;
