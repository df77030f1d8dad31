import type { DomainEvent } from '../aggregate/decision.js';
import { EsError } from '../errors.js';
import type { Recorded } from '../recorded-event.js';
import type { CommandRejected } from '../subscription/messages.js';

/** What a reactor is given: an event, or that a remembered command was rejected. */
export type Message<E extends DomainEvent = DomainEvent> = Recorded<E | CommandRejected>;

/**
 * Declares that a reaction changes the outside world (money, mail), which forgets: it is performed only while no event that the
 * message has caused records its outcome, whatever became of the reactor's progress.
 */
export interface Effect {
  /** Types of the events that record the outcome; they are caused by the message, in its own stream or in `outcomeIn`. */
  readonly settledBy: readonly string[];
  outcomeIn?(message: Message): string;
  /**
   * False for messages of before outcomes were recorded: of these, what a reactor without progress comes across is taken for
   * settled. Default: every outcome was recorded.
   */
  hasOutcome?(message: Message): boolean;
}

/** One thing that is done because of a message. */
export interface Reaction<E extends DomainEvent = DomainEvent> {
  readonly effect?: Effect;
  /** Resolves when it was done. Called again for the same message after a failure or a crash. */
  react(message: Message<E>): Promise<void>;
}

/** The part of the event store in which outcomes are recorded. */
export interface EffectOutcomes {
  /** True when one of the events that settle the effect was recorded because of the message, by whichever instance, before the call. */
  isRecorded(message: Message, effect: Effect): Promise<boolean>;
}

/**
 * The log was restored, or accepted after it lost its end, behind this message: its effect may have been performed, and the outcome
 * have been recorded in what was lost. A person looks, then retries or discards it.
 */
export class OutcomeUncertain extends EsError {
  constructor({ type, context: { stream, id } }: Message) {
    const why = 'the log was restored since, and may have lost the outcome';
    super(
      'outcome-uncertain',
      `whether the effect of ${type} ${id} was performed is not known: ${why}. Look outside, then retry or discard it`,
      false,
      { stream },
    );
  }
}
