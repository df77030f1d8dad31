import type { Commit } from '../chain/chain.js';
import type { ReaderState } from '../chain/reader-state.js';
import { commitsIn } from '../stream-index/commits-in.js';
import type { WriteBehindIndex } from '../stream-index/write-behind-index.js';
import { Unreadable } from '../errors.js';
import { atOnce, type InSteps } from '../slices.js';
import type { RawEvent, Snapshot } from '../stream-index/stream-index.port.js';
import type { StreamFold } from './submission.js';

interface Folded {
  /** Of the fold that made it: a stream may be folded in more than one way. */
  readonly revision: string;
  readonly version: number;
  readonly state: unknown;
  /** Version of the newest snapshot that is known to exist. */
  readonly snapshotAt: number;
}

/** So many events are folded in a few milliseconds. */
const FAR = 1_000;

/**
 * What one partition's settled records say: events, command results, and the folded states of the streams used last.
 * Nothing here is a guess: a state enters the cache only when the events under it count.
 */
export class PartitionFold {
  readonly #states = new Map<string, Folded>();

  constructor(
    readonly tail: WriteBehindIndex,
    private readonly options: { readonly cachedStates: number; readonly snapshotEvery: number },
  ) {}

  apply(commit: Commit, state: ReaderState): void {
    this.tail.add(commit, state);
  }

  version(stream: string): number {
    return this.tail.version(stream);
  }

  /** The stream's state at a settled version, the last one unless said otherwise. */
  stateOf<State>(stream: string, fold: StreamFold<State>, version?: number): State {
    return atOnce(this.stateInSteps(stream, fold, version));
  }

  /** As `stateOf`, at the last version that there is at the call, a commit a step: from the nearest state that is known. */
  *stateInSteps<State>(stream: string, fold: StreamFold<State>, upTo = Infinity): InSteps<State> {
    const last = this.version(stream);
    const version = Math.min(upTo, last);
    const base = this.#nearest(stream, version, fold) ?? { version: 0, state: fold.initialState, snapshotAt: 0 };
    // Mostly there is nothing new: then the index is not even asked.
    if (base.version === version && version < last) return base.state as State;
    const newer = base.version < version ? this.tail.events(stream, base.version + 1, last) : [];
    let state = base.state as State;
    for (const commit of commitsIn(newer)) {
      if ((commit[0]?.version ?? 0) > version) return state;
      state = fold.evolve(state, commit, version);
      yield;
    }
    // Somebody else may have folded further meanwhile; what was recorded meanwhile is folded on from here.
    if (version === last && !this.#isKeptBehind(stream, version, fold))
      this.#keep(stream, { revision: fold.revision, version, state, snapshotAt: base.snapshotAt });
    return state;
  }

  #isKeptBehind(stream: string, version: number, { revision }: { readonly revision: string }): boolean {
    const kept = this.#states.get(stream);
    return kept?.revision === revision && kept.version > version;
  }

  /** True where more has to be folded than others should wait for. */
  isFar(stream: string, fold: StreamFold<unknown>): boolean {
    const version = this.version(stream);
    return version > FAR && version - (this.#nearest(stream, version, fold)?.version ?? 0) > FAR;
  }

  /** Takes a state that was folded elsewhere, from events that count by now. */
  keep<State>(stream: string, version: number, state: State, fold: StreamFold<State>): void {
    const { revision } = fold;
    const before = this.#states.get(stream);
    this.#keep(stream, { revision, version, state, snapshotAt: before?.revision === revision ? before.snapshotAt : 0 });
  }

  #nearest<State>(stream: string, version: number, fold: StreamFold<State>): Folded | undefined {
    return this.#cached(stream, version, fold) ?? this.#fromSnapshot(stream, version, fold);
  }

  #cached(stream: string, version: number, { revision }: { readonly revision: string }): Folded | undefined {
    const cached = this.#states.get(stream);
    return cached?.revision === revision && cached.version <= version ? cached : undefined;
  }

  #fromSnapshot<State>(stream: string, version: number, fold: StreamFold<State>): Folded | undefined {
    const snapshot = this.#stored(stream);
    if (!snapshot || snapshot.revision !== fold.revision || snapshot.version > version) return undefined;
    const { version: snapshotAt, revision } = snapshot;
    const state = stateIn(snapshot.state);
    return state === undefined ? undefined : { revision, version: snapshotAt, state, snapshotAt };
  }

  /** One that is damaged is none. */
  #stored(stream: string): Snapshot | undefined {
    try {
      return this.tail.snapshot(stream);
    } catch (error) {
      if (error instanceof Unreadable) return undefined;
      throw error;
    }
  }

  #keep(stream: string, folded: Folded): void {
    this.#states.delete(stream);
    const due = folded.version - folded.snapshotAt >= this.options.snapshotEvery;
    if (due) this.#snapshot(stream, folded);
    this.#states.set(stream, due ? { ...folded, snapshotAt: folded.version } : folded);
    if (this.#states.size > this.options.cachedStates) this.#forgetOldest();
  }

  #snapshot(stream: string, { version, revision, state }: Folded): void {
    // A fold to nothing (what `append` decides on) has nothing to keep.
    if (state !== undefined) this.tail.addSnapshot({ stream, version, revision, state: JSON.stringify(state) });
  }

  #forgetOldest(): void {
    for (const stream of this.#states.keys()) {
      this.#states.delete(stream);
      return;
    }
  }
}

/** The state after the events, which are those of whole commits. */
export const foldFrom = <State>(state: State, events: Iterable<RawEvent>, fold: StreamFold<State>): State => {
  let result = state;
  for (const commit of commitsIn(events)) result = fold.evolve(result, commit);
  return result;
};

const stateIn = (json: string): unknown => {
  try {
    return JSON.parse(json);
  } catch {
    return undefined; // A snapshot is only a cache: without it the events are folded.
  }
};
