import { EsError, type Facts, IdempotencyKeyReused, WrongExpectedVersion } from '@ledgerline/es-core';
import type { DecisionResult, ForwardedCommand, NotForwarded } from '@ledgerline/es-core/runtime';
import { z } from 'zod';

/** What one instance asks of another: to decide a command, or to fold what was written in a partition. All of it is JSON. */
export type Forwarded = ForwardedCommand | { readonly catchUp: number };

const decided = { version: z.int().min(0), ordinal: z.int().min(0), repeated: z.boolean() };
const outcome = z.discriminatedUnion('status', [
  z.object({ status: z.literal('accepted'), ...decided }),
  z.object({
    ...{ status: z.literal('rejected'), ...decided },
    rejection: z.object({ code: z.string(), reason: z.string().optional() }),
  }),
]);
const error = z.object({
  ...{ code: z.string(), message: z.string(), retriable: z.boolean() },
  facts: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
});

const forwardedAnswer = z.union([
  z.object({ outcome }),
  z.object({ error }),
  z.object({ caughtUp: z.literal(true) }),
  /** It could not be decided there; whoever sent it decides it. */
  z.object({ undecided: z.literal(true) }),
]);
/** What one instance answers another, one for each that it was sent. Events are not sent: the log has them. */
export const forwardedAnswers = z.array(forwardedAnswer);
export type ForwardedAnswer = z.output<typeof forwardedAnswer>;
export type ForwardedOutcome = z.output<typeof outcome>;

/** An answer, and the name under which the command was handed over. */
export interface Answered {
  readonly status: 'answered';
  readonly answer: ForwardedAnswer;
  readonly handover: string;
}

/** What came of handing a command over. */
export type HandedOver = Answered | NotForwarded;

/** About this instance and not about the command: the one that sent it may well be able to decide it. */
const ABOUT_US: ReadonlySet<string> = new Set([
  ...[
    'outcome-unknown',
    'service-not-ready',
    'clock-skewed',
    'log-diverged',
    'unreadable',
    'newer-event',
    'newer-command',
    'command-withdrawn',
  ],
]);

/** What became of it, ready to be sent. A bug of ours is met again, and logged, where the command came from. */
export const answerOf = async (taken: Promise<DecisionResult | void>): Promise<ForwardedAnswer> => {
  try {
    const decided = await taken;
    return decided ? { outcome: withoutEvents(decided) } : { caughtUp: true };
  } catch (failure) {
    if (!(failure instanceof EsError) || ABOUT_US.has(failure.code)) return { undecided: true };
    const { code, message, retriable, facts } = failure;
    return { error: { code, message, retriable, facts: definedIn(facts) } };
  }
};

const withoutEvents = (decided: DecisionResult): ForwardedOutcome => {
  const { version, ordinal, repeated } = decided;
  return decided.status === 'accepted'
    ? { status: 'accepted', version, ordinal, repeated }
    : { status: 'rejected', version, ordinal, repeated, rejection: decided.rejection };
};

type SentFacts = z.output<typeof error>['facts'];

const definedIn = (facts: Facts): SentFacts =>
  Object.fromEntries(Object.entries(facts).flatMap(([name, fact]) => (fact === undefined ? [] : [[name, fact]])));

/** The error as if it had been met here. */
export const errorIn = ({ code, message, retriable, facts }: z.output<typeof error>): EsError => {
  const { stream, expected, actual, commandId } = facts;
  if (code === 'wrong-expected-version')
    return new WrongExpectedVersion(String(stream), Number(expected), Number(actual));
  if (code === 'idempotency-key-reused') return new IdempotencyKeyReused(String(stream), String(commandId));
  return new EsError(code, message, retriable, facts);
};
