import type { ReaderState } from '../chain/reader-state.js';
import type { DomainEvent } from '../aggregate/decision.js';
import { EsError } from '../errors.js';
import { backOff } from './back-off.js';
import type { Work } from './partition-work.js';
import type { ParkedMessage, ParkedReaction } from './parked-reactions.port.js';
import { type Effect, type Message, OutcomeUncertain, type Reaction } from './reaction.js';
import type { PartitionReactorOptions, Unsettled } from './reactor-options.js';

/** How one message is dealt with. */
export interface Dealing {
  /** Where reading begins to find it again. */
  readonly from: ReaderState;
  /** True where a person has looked, and wants the effect to be performed. */
  readonly isConfirmed?: boolean;
  /** True while what was held is dealt with: then its stream being held is no reason to wait. */
  readonly isReplay?: boolean;
}

/** What became of a message: dealt with, held with its stream, or left to whoever goes on with the partition. */
export type End = 'done' | 'held' | 'left';

type Failing = Unsettled & { failure?: unknown };

/** An error that nobody has foreseen may pass (a network that is away for a moment), or not (a bug): after a minute it is parked. */
const UNFORESEEN_ATTEMPTS = 12;

type Options<E extends DomainEvent> = PartitionReactorOptions<E> & { readonly historyUntil: string | undefined };

/** Deals with messages of one partition, one by one: tries again while that may help, and parks the stream where it cannot. */
export class PartitionDealer<E extends DomainEvent> {
  /** Streams that are held, with the message because of which they are. */
  readonly held: Map<string, ParkedReaction>;
  readonly #unsettled = new Set<Failing>();
  #isReleased = false;

  constructor(private readonly options: Options<E>) {
    this.held = new Map(options.held.streams.map((one) => [one.stream, one]));
  }

  /** True once another one goes on with the partition, or nobody: what fails is left to them. */
  get isReleased(): boolean {
    return this.#isReleased;
  }

  release(): void {
    this.#isReleased = true;
  }

  hold(parked: ParkedReaction): void {
    this.held.set(parked.stream, parked);
  }

  /** The message that waits longest. */
  get oldest(): Unsettled | undefined {
    const [first] = this.#unsettled;
    return first;
  }

  /** Takes the message up, to be dealt with when the answer is called. */
  begin(work: Work<E>, dealing: Dealing): () => Promise<End> {
    const { stream, type, time } = work;
    const unsettled: Failing = { stream, type, time, since: this.options.platform.now() };
    this.#unsettled.add(unsettled);
    return async () => {
      try {
        return await this.#deal(work, dealing, unsettled);
      } finally {
        this.#unsettled.delete(unsettled);
      }
    };
  }

  /** Holds the stream because of the message. */
  async park(work: Pick<Work<E>, 'stream' | keyof ParkedMessage>, { from }: Dealing, error: unknown): Promise<End> {
    const { stream, id, type, ordinal } = work;
    const code = error instanceof EsError ? error.code : 'unexpected-error';
    const reason = error instanceof Error ? error.message : String(error);
    const parked: ParkedReaction = { stream, message: { id, type, ordinal }, from, code, reason };
    const written = await this.#writtenDown(() => this.options.parked.park(this.options.partition, parked));
    if (!written) return 'left';
    this.hold(parked);
    return 'held';
  }

  /** What was held of the stream has been dealt with: it goes on at once, and that is written down. */
  async goOn(stream: string): Promise<void> {
    this.held.delete(stream);
    await this.#writtenDown(() => this.options.parked.release(this.options.partition, stream));
  }

  async #deal(work: Work<E>, dealing: Dealing, unsettled: Failing): Promise<End> {
    for (let attempt = 0; !this.#isReleased; attempt += 1) {
      if (!dealing.isReplay && this.held.has(work.stream)) return 'held';
      try {
        await this.#react(work.message(), dealing);
        return 'done';
      } catch (error) {
        unsettled.failure = error;
        this.options.onTrouble(error);
        if (!mayPass(error, attempt)) return this.park(work, dealing, error);
        await this.pause(attempt);
      }
    }
    return 'left';
  }

  /** Every reaction ends before any error is answered: nothing of the message is under way when it is tried again. */
  async #react(message: Message<E>, dealing: Dealing): Promise<void> {
    const reactions = this.options.reactionsTo(message.type);
    const ends = await Promise.allSettled(reactions.map((reaction) => this.#perform(reaction, message, dealing)));
    for (const end of ends) if (end.status === 'rejected') throw end.reason;
  }

  async #perform({ effect, react }: Reaction<E>, message: Message<E>, dealing: Dealing): Promise<void> {
    if (!effect || (await this.#isDue(effect, message, dealing))) await react(message);
  }

  /** @throws OutcomeUncertain */
  async #isDue(effect: Effect, message: Message<E>, { isConfirmed = false }: Dealing): Promise<boolean> {
    const { historyUntil = '', held, outcomes, onSkipped } = this.options;
    if (await outcomes.isRecorded(message, effect)) return false;
    const { time } = message.context;
    if (effect.hasOutcome?.(message) === false && time <= historyUntil) {
      onSkipped(message);
      return false;
    }
    if (!isConfirmed && time <= (held.uncertainUntil ?? '')) throw new OutcomeUncertain(message);
    return true;
  }

  /** Tries until it is written down; false when somebody else goes on meanwhile. */
  async #writtenDown(write: () => Promise<void>): Promise<boolean> {
    for (let attempt = 0; !this.#isReleased; attempt += 1)
      try {
        await write();
        return true;
      } catch (error) {
        this.options.onTrouble(error);
        await this.pause(attempt);
      }
    return false;
  }

  /** Until the next attempt, or until the partition is given up. */
  pause(attempt: number): Promise<void> {
    return backOff(this.options.platform, attempt, () => this.#isReleased);
  }
}

const mayPass = (error: unknown, attempt: number): boolean =>
  error instanceof EsError ? error.retriable : attempt < UNFORESEEN_ATTEMPTS - 1;
