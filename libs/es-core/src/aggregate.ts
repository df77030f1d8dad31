import type { EventCatalogue } from './catalogue.js';
import type { Decider, DomainCommand, DomainEvent, Rejection } from './decider.js';
import { NewerEvent } from './errors.js';
import type { EventStore } from './event-store.js';
import { fingerprintOf } from './fingerprint.js';
import type { CodePlace, Platform } from './platform.js';
import { formatPosition } from './position.js';
import type { PersonalData, SealedCommand } from './privacy/personal-data.js';
import { type Recorded, recordedEvents } from './recorded-event.js';
import { roughBytes } from './rough-bytes.js';
import { streamId } from './stream-id.js';
import type { RawEvent } from './stream-index/stream-index.port.js';
import type { SubjectForgotten } from './privacy/privacy.errors.js';
import { Turns } from './turns.js';
import type { CommandMetadata, Outcome, StreamFold, Submission, Verdict } from './writer/submission.js';

/** A command as callers give it: the decision's time comes from the writer. */
export type Wish<Command extends DomainCommand> = Command extends unknown ? Omit<Command, 'at'> : never;

interface Answer {
  readonly stream: string;
  /** The stream's version after the command, or the one it was decided on. */
  readonly version: number;
  /** Where a reader has to be to have seen what the answer says, `parcels.events/3@1204`. */
  readonly position: string;
  /** True when the command had been decided before and this is its first answer again. */
  readonly repeated: boolean;
}

export interface AcceptedAnswer<Event extends DomainEvent> extends Answer {
  readonly status: 'accepted';
  /**
   * What the command recorded, now or the first time; none when the wish was already fulfilled. Parsed at each call.
   * @throws NewerEvent when it was recorded by a newer release that knows more of it than this code
   */
  events(): readonly Recorded<Event>[];
}

export interface RejectedAnswer extends Answer {
  readonly status: 'rejected';
  readonly rejection: Rejection;
}

export type CommandAnswer<Event extends DomainEvent> = AcceptedAnswer<Event> | RejectedAnswer;

export interface StateAt<State> {
  readonly state: State;
  readonly version: number;
}

/** When an instance is asked for: now, unless something is said. */
export interface AsOf {
  readonly version?: number;
  readonly at?: string;
}

/** A command on its way to where it is decided. All of it is JSON; its personal fields are sealed. */
export interface ForwardedCommand extends Pick<Submission, 'handover' | 'withdraws'> {
  readonly category: string;
  readonly id: string;
  readonly command: Wish<DomainCommand>;
  readonly metadata: CommandMetadata & { readonly commandId: string };
  /** Of the command as it was given: of its personal fields, which are sealed by now, it says nothing. */
  readonly fingerprint: string;
}

/** Another instance was to decide the command and did not: this one has to. */
export interface NotForwarded {
  readonly status: 'not-forwarded';
  /** Names the copy that was sent and not answered; it may be decided there at any time. */
  readonly handover?: string;
}

/** What an aggregate needs of its store: also met by one that is opened later. */
export interface AggregateStore extends Pick<
  EventStore,
  'submit' | 'fresh' | 'version' | 'versionAt' | 'stateOf' | 'load' | 'positionOf'
> {
  /**
   * Hands the command to the instance that is the preferred writer of the stream's partition, and answers what became of it
   * there. Undefined where it is clear at once that this instance is to decide it.
   */
  readonly forward?: (stream: string, command: ForwardedCommand) => Promise<Outcome | NotForwarded> | undefined;
  /** Told of every aggregate that is made on the store. */
  readonly host?: (aggregate: CommandHost) => void;
}

/** Decides forwarded commands of one category. */
export interface CommandHost {
  readonly category: string;
  decideHere(command: ForwardedCommand): Promise<Outcome>;
}

export interface AggregateOptions<State, Command extends DomainCommand, Event extends DomainEvent> {
  readonly store: AggregateStore;
  readonly platform: Platform;
  /** First part of the stream's name: `jar` for `jar-536365`. */
  readonly category: string;
  readonly decider: Decider<State, Command, Event>;
  readonly catalogue: EventCatalogue<Event>;
  /** The modules of the decider and of the catalogue: snapshots that other code made are ignored. */
  readonly code: CodePlace;
  /** Absent where no command has personal fields. */
  readonly personal?: PersonalCommands<Command>;
}

/** Which commands have personal fields, and what these are sealed by before they are decided. */
export interface PersonalCommands<Command extends DomainCommand> {
  readonly data: Pick<PersonalData, 'seal'>;
  /** Whose personal fields the command has; undefined where it has none. */
  subjectOf(command: Wish<Command>): string | undefined;
}

/** What an instance's events fold to. */
interface Known<State> {
  readonly state: State;
  /** The stored name of the first event that only newer code can read: the state is without it. */
  readonly unread?: string;
}

/** One kind of aggregate on its event store: handles its commands, and answers what an instance is now or was then. */
export class Aggregate<State, Command extends DomainCommand, Event extends DomainEvent> implements CommandHost {
  readonly category: string;
  readonly #fold: StreamFold<Known<State>>;
  /** Sealing takes a moment, and no later command of the instance must overtake it. */
  readonly #turns = new Turns();

  constructor(private readonly options: AggregateOptions<State, Command, Event>) {
    const { platform, decider, catalogue, code } = options;
    this.category = options.category;
    this.#fold = {
      initialState: { state: decider.initialState },
      revision: fingerprintOf(platform, [
        ...[decider.revision ?? 1, decider.evolve.toString()],
        ...[platform.codeOf(code), catalogue.revision],
      ]),
      evolve: (known, commit, upTo) => this.#evolve(known, commit, upTo),
    };
    options.store.host?.(this);
  }

  /**
   * Decides the command on the instance's latest state and records what follows, in the order of calls per partition. A
   * repeat under the same `commandId` is answered as the first time and records nothing. Where another instance of the
   * service writes the partition, it is decided there.
   * @throws the errors of `Writer.submit`. @throws SubjectForgotten, MasterKeyMissing, NotJson. @throws NewerEvent when the instance holds an event that only newer code can
   * read: nothing is decided on half a state.
   */
  async handle(id: string, command: Wish<Command>, metadata: CommandMetadata = {}): Promise<CommandAnswer<Event>> {
    const { platform, personal } = this.options;
    const commandId = metadata.commandId ?? platform.randomId();
    const unsealed = { category: this.category, id, command, metadata: { ...metadata, commandId } };
    const subject = personal?.subjectOf(command);
    const decide = (): Promise<Outcome> =>
      personal && subject !== undefined
        ? personal.data.seal(subject, command).then((sealed) => this.#decideSealed({ ...unsealed, ...sealed }))
        : this.#decideSealed({ ...unsealed, fingerprint: fingerprintOf(platform, command) });
    const outcome = subject === undefined && !this.#turns.isTaken(id) ? decide() : this.#turns.take(id, decide);
    return this.#answer(streamId(this.category, id), await outcome);
  }

  /** As `handle`, in this instance whoever is the preferred one. */
  decideHere(wish: ForwardedCommand): Promise<Outcome> {
    return this.#submit(wish);
  }

  /** Resolves when `stateOf` knows everything that was recorded of the instance before the call, by whatever writer. */
  fresh(id: string): Promise<void> {
    return this.options.store.fresh(streamId(this.category, id));
  }

  /**
   * The instance now, at a version, or at a recorded time; version 0 and the initial state where there was nothing. What
   * only newer code can read is left out. However long it is it is folded at once; see `load`. @throws NewerEvent where that leaves nothing.
   */
  stateOf(id: string, then: AsOf = {}): StateAt<State> {
    const stream = streamId(this.category, id);
    const version = this.#versionAsOf(stream, then);
    return this.#stateAt(stream, version, this.options.store.stateOf(stream, this.#fold, version));
  }

  /** As `stateOf`, in slices: others are served in between. */
  async load(id: string, then: AsOf = {}): Promise<StateAt<State>> {
    const stream = streamId(this.category, id);
    const version = this.#versionAsOf(stream, then);
    return this.#stateAt(stream, version, await this.options.store.load(stream, this.#fold, version));
  }

  #versionAsOf(stream: string, { version, at }: AsOf): number {
    const { store } = this.options;
    const latest = store.version(stream);
    const timely = at === undefined ? latest : store.versionAt(stream, at);
    return Math.min(latest, timely, version ?? latest);
  }

  #stateAt(stream: string, version: number, { state, unread }: Known<State>): StateAt<State> {
    if (unread !== undefined && state === this.#fold.initialState.state) throw new NewerEvent(stream, unread);
    return { version, state };
  }

  /** A commit that reaches beyond the version is read whole: what an event is today may depend on the ones behind it. */
  #evolve(known: Known<State>, commit: readonly RawEvent[], upTo = Infinity): Known<State> {
    const { decider, catalogue } = this.options;
    let { state, unread } = known;
    catalogue.decode(commit).forEach((today, i) => {
      const { type = '', version = 0 } = commit[i] ?? {};
      if (version > upTo) return;
      if (typeof today === 'string') unread ??= type;
      else for (const event of today) state = decider.evolve(state, event);
    });
    return unread === undefined ? { state } : { state, unread };
  }

  /** Here, or by the instance that is the preferred one. */
  #decideSealed({ refusal, ...wish }: ForwardedCommand & Pick<SealedCommand<unknown>, 'refusal'>): Promise<Outcome> {
    const { store } = this.options;
    const stream = streamId(this.category, wish.id);
    // What could not be sealed goes nowhere: all that is left to find out is whether it repeats what was decided before.
    if (refusal) return store.fresh(stream).then(() => this.#submit(wish, refusal));
    const elsewhere = store.forward?.(stream, wish);
    return elsewhere ? this.#decideAfter(elsewhere, wish) : this.decideHere(wish);
  }

  async #decideAfter(elsewhere: Promise<Outcome | NotForwarded>, wish: ForwardedCommand): Promise<Outcome> {
    const answer = await elsewhere;
    return answer.status === 'not-forwarded' ? this.decideHere({ ...wish, withdraws: answer.handover }) : answer;
  }

  #submit(
    { id, command, fingerprint, metadata, handover, withdraws }: ForwardedCommand,
    refusal?: SubjectForgotten,
  ): Promise<Outcome> {
    const stream = streamId(this.category, id);
    return this.options.store.submit<Known<State>>({
      ...{ stream, commandId: metadata.commandId, commandType: command.type },
      ...{ fingerprint, metadata, handover, withdraws, fold: this.#fold },
      bytes: roughBytes(command),
      decide: ({ state, unread }, _version, at) => {
        if (unread !== undefined) throw new NewerEvent(stream, unread);
        if (refusal) throw refusal;
        return this.#decide(state, { ...command, at } as unknown as Command);
      },
    });
  }

  #decide(state: State, command: Command): Verdict {
    const { decider, catalogue } = this.options;
    const { events, rejection } = decider.decide(state, command);
    return events ? { events: events.map((event) => catalogue.encode(event)) } : { rejection };
  }

  #answer(stream: string, outcome: Outcome): CommandAnswer<Event> {
    const { store, catalogue } = this.options;
    const { version, repeated, ordinal } = outcome;
    const place = store.positionOf(stream, ordinal);
    const answer = { stream, version, repeated, position: formatPosition(place) };
    if (outcome.status === 'rejected') return { ...answer, status: 'rejected', rejection: outcome.rejection };
    const events = (): readonly Recorded<Event>[] =>
      recordedEvents(catalogue, outcome.events, { ...place, whole: true });
    return { ...answer, status: 'accepted', events };
  }
}
