import {
  EsError,
  type Facts,
  type ForwardedCommand,
  IdempotencyKeyReused,
  type Outcome,
  WrongExpectedVersion,
} from '@ledgerline/es-core';

/** What one instance asks of another: to decide a command, or to fold what was written in a partition. All of it is JSON. */
export type Forwarded = ForwardedCommand | { readonly catchUp: number };

/** What one instance answers another. */
export type ForwardedAnswer =
  | { readonly outcome: Outcome }
  | { readonly caughtUp: true }
  | { readonly error: Pick<EsError, 'code' | 'message' | 'retriable' | 'facts'> }
  /** It could not be decided here; whoever sent it decides it. */
  | { readonly undecided: true };

/** About this instance and not about the command: the one that sent it may well be able to decide it. */
const ABOUT_US: ReadonlySet<string> = new Set([
  ...['outcome-unknown', 'service-not-ready', 'log-diverged', 'unreadable', 'newer-event', 'command-withdrawn'],
]);

/** What became of it, ready to be sent. A bug of ours is met again, and logged, where the command came from. */
export const answerOf = async (taken: Promise<Outcome | void>): Promise<ForwardedAnswer> => {
  try {
    const outcome = await taken;
    return outcome ? { outcome } : { caughtUp: true };
  } catch (error) {
    if (!(error instanceof EsError) || ABOUT_US.has(error.code)) return { undecided: true };
    const { code, message, retriable, facts } = error;
    return { error: { code, message, retriable, facts } };
  }
};

/** As if it had been decided here; undefined where it has to be. @throws EsError */
export const outcomeIn = (answer: ForwardedAnswer): Outcome | undefined => {
  if ('outcome' in answer) return answer.outcome;
  if ('error' in answer) throw rebuilt(answer.error);
  return undefined;
};

const rebuilt = ({ code, message, retriable, facts }: Pick<EsError, 'code' | 'message' | 'retriable' | 'facts'>) => {
  const { stream, expected, actual, commandId } = facts;
  if (code === 'wrong-expected-version')
    return new WrongExpectedVersion(String(stream), Number(expected), Number(actual));
  if (code === 'idempotency-key-reused') return new IdempotencyKeyReused(String(stream), String(commandId));
  return new EsError(code, message, retriable, facts satisfies Facts);
};
