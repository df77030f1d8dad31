import type { DomainCommand, Rejection } from './decision.js';
import { CommandNotPublic, NewerEvent } from '../errors.js';
import type { EventStore } from '../event-store.js';
import type { EventOf } from '../events/define-events.js';
import { fingerprintOf } from '../fingerprint.js';
import type { Platform } from '../platform.js';
import { formatPosition } from '../position.js';
import type { PersonalData, SealedCommand } from '../privacy/personal-data.js';
import type { SubjectForgotten } from '../privacy/privacy.errors.js';
import { recordedEvents } from '../recorded-event.js';
import { roughBytes } from '../rough-bytes.js';
import { streamId } from '../stream-id.js';
import { KeyedQueue } from '../keyed-queue.js';
import { fieldProblems, ValidationFailed } from '../validation-failed.error.js';
import type { CommandMetadata, DecisionResult, Submission, EncodedDecision } from '../writer/submission.js';
import { checked } from '../schema.js';
import { DecisionContexts } from './decision-contexts.js';
import { plain, type PlainAggregate, type PlainCommand, withId } from './decider-of.js';
import type { AnyAggregate, CommandOf, EventsOf, PublicCommandOf, StateOf } from './define-aggregate.js';
import { type AsOf, type Known, type StateAt, StreamStates } from './stream-states.js';

interface Answer {
  readonly stream: string;
  /** The stream's version after the command, or the one it was decided on. */
  readonly version: number;
  /** Where a reader has to be to have seen what the answer says, `parcels.events/3@1204`. */
  readonly position: string;
  /** True when the command had been decided before and this is its first answer again. */
  readonly repeated: boolean;
}

export interface AcceptedAnswer<A extends AnyAggregate = AnyAggregate> extends Answer {
  readonly status: 'accepted';
  /**
   * What the command recorded, now or the first time; none when what is wanted was so already. Parsed at each call.
   * @throws NewerEvent when it was recorded by a newer release that knows more of it than this code
   */
  events(): readonly EventOf<EventsOf<A>>[];
}

export interface RejectedAnswer extends Answer {
  readonly status: 'rejected';
  readonly rejection: Rejection;
  /** True for a rule that may say yes a moment later. */
  readonly retriable: boolean;
}

export type CommandAnswer<A extends AnyAggregate = AnyAggregate> = AcceptedAnswer<A> | RejectedAnswer;

/** By which whoever passes answers on knows them among other values; the same in every copy of this library. */
const MADE_HERE = Symbol.for('ledgerline.command-answer');

/** True for what `handle` and `send` answer. */
export const isCommandAnswer = (value: unknown): value is CommandAnswer =>
  typeof value === 'object' && value !== null && MADE_HERE in value;

class Made {
  get [MADE_HERE](): true {
    return true;
  }
}

const made = <T extends CommandAnswer>(answer: T): T => Object.assign(new Made(), answer);

/** A command on its way to where it is decided. All of it is JSON; its personal fields are sealed. */
export interface ForwardedCommand extends Pick<Submission, 'handover' | 'withdraws'> {
  readonly category: string;
  readonly id: string;
  readonly command: PlainCommand;
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

/** What commands are decided on: an event store, or one that is opened later. */
export interface AggregateStore extends Pick<
  EventStore,
  'submit' | 'ensureUpToDate' | 'isMine' | 'version' | 'versionAt' | 'stateOf' | 'load' | 'positionOf'
> {
  /**
   * Hands the command to the instance that is the preferred writer of the stream's partition, and answers what became of it
   * there. Undefined where it is clear at once that this instance is to decide it.
   */
  readonly forward?: (stream: string, command: ForwardedCommand) => Promise<DecisionResult | NotForwarded> | undefined;
  /** Told of every handler that is made on the store. */
  readonly host?: (handler: CommandHost) => void;
}

/** Decides forwarded commands of one category. */
export interface CommandHost {
  readonly category: string;
  decideHere(command: ForwardedCommand): Promise<DecisionResult>;
}

export interface CommandHandlerOptions {
  readonly store: AggregateStore;
  readonly platform: Platform;
  /** What `setting` names. */
  readonly settings?: Readonly<Record<string, unknown>>;
  /** By what personal fields are sealed before their command is decided. */
  readonly personal?: Pick<PersonalData, 'seal'>;
}

/** Decides the commands of one aggregate on an event store, and answers what its instances are or were. */
export class CommandHandler<A extends AnyAggregate> implements CommandHost {
  readonly category: string;
  readonly #aggregate: PlainAggregate;
  readonly #states: StreamStates;
  readonly #contexts: DecisionContexts;
  /** Sealing takes a moment, and no later command of the instance must overtake it. */
  readonly #sealing = new KeyedQueue();
  /** So does another stream that a decision looks at. */
  readonly #deciding = new KeyedQueue();

  /** @throws Error naming a setting that the aggregate needs and that is not there, or that it has personal fields and nothing seals them */
  constructor(
    aggregate: A,
    private readonly options: CommandHandlerOptions,
  ) {
    const { store, platform, settings = {}, personal } = options;
    this.#aggregate = plain(aggregate);
    this.category = this.#aggregate.category;
    if (Object.keys(this.#aggregate.personal).length > 0 && !personal)
      throw new Error(`${this.category} has commands with personal fields, and there are no keys to seal them with`);
    this.#states = new StreamStates(this.#aggregate, store, platform);
    this.#contexts = new DecisionContexts(this.#aggregate, { store, platform, settings });
    store.host?.(this);
  }

  /**
   * Checks the command by its schema, decides it on the instance's latest state and records what follows, in the order of calls per
   * partition. A repeat under the same `commandId` is answered as the first time and records nothing. Where another instance of the
   * service writes the partition, it is decided there.
   * @throws ValidationFailed naming field and rule, CommandNotPublic. @throws what `send` throws
   */
  async handle(id: string, command: PublicCommandOf<A>, metadata?: CommandMetadata): Promise<CommandAnswer<A>> {
    const { commands, internal } = this.#aggregate;
    const { type, ...fields } = command as PlainCommand;
    const schema = commands[type];
    if (!schema) throw new ValidationFailed([{ field: 'type', rule: `must be one of ${this.#publicNames()}` }]);
    if (internal.includes(type)) throw new CommandNotPublic(type);
    const result = checked(schema, fields, type);
    if (result.issues) throw new ValidationFailed(fieldProblems(result.issues));
    return await this.send(id, { ...(result.value as object), type } as CommandOf<A>, metadata);
  }

  /**
   * As `handle`, for who has checked the command, and for internal ones.
   * @throws the errors of `Writer.submit`. @throws SubjectForgotten, MasterKeyMissing, NotJson. @throws NewerEvent when the instance holds an event
   * that only newer code can read: nothing is decided on half a state.
   */
  async send(id: string, given: CommandOf<A>, metadata: CommandMetadata = {}): Promise<CommandAnswer<A>> {
    const { platform, personal } = this.options;
    const command = withId(this.#aggregate, id, given as PlainCommand);
    const commandId = metadata.commandId ?? platform.randomId();
    const unsealed = { category: this.category, id, command, metadata: { ...metadata, commandId } };
    const subject = this.#aggregate.personal[command.type]?.(command);
    const decide = (): Promise<DecisionResult> =>
      personal && subject !== undefined
        ? personal.seal(subject, command).then((sealed) => this.#decideSealed({ ...unsealed, ...sealed }))
        : this.#decideSealed({ ...unsealed, fingerprint: fingerprintOf(platform, command) });
    const outcome = subject === undefined && !this.#sealing.isBusy(id) ? decide() : this.#sealing.run(id, decide);
    return this.#answer(streamId(this.category, id), await outcome);
  }

  /** As `send`, in this instance whoever is the preferred one. */
  decideHere(command: ForwardedCommand): Promise<DecisionResult> {
    const others = this.#contexts.othersStreams(command.command);
    if (others.length === 0 && !this.#deciding.isBusy(command.id)) return this.#submit(command);
    return this.#deciding.run(command.id, async () => {
      await Promise.all(others.map((stream) => this.options.store.ensureUpToDate(stream)));
      return await this.#submit(command);
    });
  }

  /** Resolves when `stateOf` knows everything that was recorded of the instance before the call, by whatever writer. */
  ensureUpToDate(id: string): Promise<void> {
    return this.options.store.ensureUpToDate(streamId(this.category, id));
  }

  /**
   * The instance now, at a version, or at a recorded time; version 0 and the initial state where there was nothing. What
   * only newer code can read is left out. However long it is it is folded at once; see `load`. @throws NewerEvent where that leaves nothing.
   */
  stateOf(id: string, asOf?: AsOf): StateAt<StateOf<A>> {
    return this.#states.stateOf(id, asOf) as StateAt<StateOf<A>>;
  }

  /** As `stateOf`, in slices: others are served in between. */
  load(id: string, asOf?: AsOf): Promise<StateAt<StateOf<A>>> {
    return this.#states.load(id, asOf) as Promise<StateAt<StateOf<A>>>;
  }

  #publicNames(): string {
    const { commands, internal } = this.#aggregate;
    return Object.keys(commands)
      .filter((name) => !internal.includes(name))
      .join(', ');
  }

  /** Here, or by the instance that is the preferred one. */
  #decideSealed({
    refusal,
    ...command
  }: ForwardedCommand & Pick<SealedCommand<unknown>, 'refusal'>): Promise<DecisionResult> {
    const { store } = this.options;
    const stream = streamId(this.category, command.id);
    // What could not be sealed goes nowhere: all that is left to find out is whether it repeats what was decided before.
    if (refusal) return store.ensureUpToDate(stream).then(() => this.#submit(command, refusal));
    const elsewhere = store.forward?.(stream, command);
    return elsewhere ? this.#decideAfter(elsewhere, command) : this.decideHere(command);
  }

  async #decideAfter(
    elsewhere: Promise<DecisionResult | NotForwarded>,
    command: ForwardedCommand,
  ): Promise<DecisionResult> {
    const answer = await elsewhere;
    return answer.status === 'not-forwarded' ? this.decideHere({ ...command, withdraws: answer.handover }) : answer;
  }

  #submit(
    { id, command, fingerprint, metadata, handover, withdraws }: ForwardedCommand,
    refusal?: SubjectForgotten,
  ): Promise<DecisionResult> {
    const stream = streamId(this.category, id);
    return this.options.store.submit<Known>({
      ...{ stream, commandId: metadata.commandId, commandType: command.type },
      ...{ fingerprint, metadata, handover, withdraws, fold: this.#states.fold },
      bytes: roughBytes(command),
      decide: ({ state, unread }, _version, at) => {
        if (unread !== undefined) throw new NewerEvent(stream, unread);
        if (refusal) throw refusal;
        return this.#decide(state, { ...command, at });
      },
    });
  }

  #decide(state: unknown, command: DomainCommand): EncodedDecision {
    const { catalogue } = this.#aggregate;
    const { events, rejection } = this.#aggregate.decide(state, command, this.#contexts.of(command));
    return events ? { events: events.map((event) => catalogue.encode(event)) } : { rejection };
  }

  #answer(stream: string, outcome: DecisionResult): CommandAnswer<A> {
    const { catalogue, retriable } = this.#aggregate;
    const { version, repeated, ordinal } = outcome;
    const place = this.options.store.positionOf(stream, ordinal);
    const answer = { stream, version, repeated, position: formatPosition(place) };
    if (outcome.status === 'rejected') {
      const { rejection } = outcome;
      return made({ ...answer, status: 'rejected', rejection, retriable: retriable.includes(rejection.code) });
    }
    const events = (): readonly EventOf<EventsOf<A>>[] =>
      recordedEvents(catalogue, outcome.events, { ...place, whole: true }) as readonly EventOf<EventsOf<A>>[];
    return made<AcceptedAnswer<A>>({ ...answer, status: 'accepted', events });
  }
}
