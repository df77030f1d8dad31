import { NewerEvent } from '../errors.js';
import type { EventStore } from '../event-store.js';
import { fingerprintOf } from '../fingerprint.js';
import type { Platform } from '../platform.js';
import { streamId } from '../stream-id.js';
import type { RawEvent } from '../stream-index/stream-index.port.js';
import type { StreamFold } from '../writer/submission.js';
import type { PlainAggregate } from './decider-of.js';

/** A state with the version that it was folded to; version 0 and the initial state where there was nothing. */
export interface StateAt<State> {
  readonly state: State;
  readonly version: number;
}

/** When an instance is asked for: now, unless something is said. Recorded time, that moment included. */
export interface AsOf {
  readonly version?: number | undefined;
  readonly at?: string | undefined;
}

/** What an instance's events fold to. */
export interface Known {
  readonly state: unknown;
  /** The stored name of the first event that only newer code can read: the state is without it. */
  readonly unread?: string;
}

/** What the instances of one aggregate are, as their store knows them. */
export class StreamStates {
  readonly fold: StreamFold<Known>;

  constructor(
    private readonly aggregate: PlainAggregate,
    private readonly store: Pick<EventStore, 'version' | 'versionAt' | 'stateOf' | 'load'>,
    platform: Platform,
  ) {
    this.fold = {
      initialState: { state: aggregate.initialState },
      revision: revisionOf(aggregate, platform),
      evolve: (known, commit, upTo) => evolve(aggregate, { known, commit, ...(upTo !== undefined && { upTo }) }),
    };
  }

  /** However long the stream is it is folded at once; see `load`. @throws NewerEvent where what this code can read leaves nothing */
  stateOf(id: string, asOf: AsOf = {}): StateAt<unknown> {
    const stream = streamId(this.aggregate.category, id);
    const version = this.#versionAsOf(stream, asOf);
    return this.#stateAt(stream, version, this.store.stateOf(stream, this.fold, version));
  }

  /** As `stateOf`, in slices: others are served in between. */
  async load(id: string, asOf: AsOf = {}): Promise<StateAt<unknown>> {
    const stream = streamId(this.aggregate.category, id);
    const version = this.#versionAsOf(stream, asOf);
    return this.#stateAt(stream, version, await this.store.load(stream, this.fold, version));
  }

  #versionAsOf(stream: string, { version, at }: AsOf): number {
    const latest = this.store.version(stream);
    const timely = at === undefined ? latest : this.store.versionAt(stream, at);
    return Math.min(latest, timely, version ?? latest);
  }

  #stateAt(stream: string, version: number, { state, unread }: Known): StateAt<unknown> {
    if (unread !== undefined && state === this.aggregate.initialState) throw new NewerEvent(stream, unread);
    return { version, state };
  }
}

/** Names the code that an aggregate's events are folded by. Without the files that declare it nothing says that two processes run the same. */
export const revisionOf = ({ foldText, declaredIn, catalogue }: PlainAggregate, platform: Platform): string =>
  fingerprintOf(platform, [
    foldText,
    declaredIn.length === 0 ? platform.randomId() : platform.codeOf(declaredIn),
    catalogue.revision,
  ]);

interface Step {
  readonly known: Known;
  readonly commit: readonly RawEvent[];
  readonly upTo?: number;
}

/** A commit that reaches beyond the version is read whole: what an event is today may depend on the ones behind it. */
const evolve = (aggregate: PlainAggregate, { known, commit, upTo = Infinity }: Step): Known => {
  let { state, unread } = known;
  aggregate.catalogue.decode(commit).forEach((today, i) => {
    const { type = '', version = 0 } = commit[i] ?? {};
    if (version > upTo) return;
    if (typeof today === 'string') unread ??= type;
    else for (const event of today) state = aggregate.evolve(state, event);
  });
  return unread === undefined ? { state } : { state, unread };
};
