import { type EventStore, WrongExpectedVersion } from '@ledgerline/es-core';
import type { DecisionResult, ForwardedCommand, NotForwarded } from '@ledgerline/es-core/runtime';
import { errorIn, type ForwardedAnswer, type ForwardedOutcome, type HandedOver } from './forwarded-answer.js';

export interface Asked {
  readonly stream: string;
  readonly command: ForwardedCommand;
}

type Store = Pick<EventStore, 'partitionOf' | 'heads' | 'catchUp' | 'recorded' | 'version'>;

/**
 * Of what another instance answered, what the log bears out: an acceptance that the log holds, with its events from there; a refusal that was decided
 * on no less than this instance knew when it asked. Anything else is as if it had not been answered. @throws EsError as the other one did
 */
export const believed = async (
  store: Store,
  { stream, command }: Asked,
  handingOver: Promise<HandedOver>,
): Promise<DecisionResult | NotForwarded> => {
  const partition = store.partitionOf(stream);
  const headOf = (): number => store.heads()[partition]?.ordinal ?? 0;
  const known = headOf();
  const handedOver = await handingOver;
  if (handedOver.status === 'not-forwarded') return handedOver;
  const { answer, handover } = handedOver;
  const unheard: NotForwarded = { status: 'not-forwarded', handover };
  if ('error' in answer) return refusedFor(answer, store.version(stream)) ?? unheard;
  if (!('outcome' in answer)) return unheard;
  const { outcome } = answer;
  if (outcome.ordinal > headOf()) await store.catchUp(partition);
  const { fingerprint, metadata } = command;
  const recorded = store.recorded({ stream, commandId: metadata.commandId, fingerprint });
  if (recorded?.ordinal === outcome.ordinal) return { ...recorded, repeated: outcome.repeated };
  return isRefusal(outcome) && outcome.ordinal >= known && outcome.ordinal <= headOf() ? outcome : unheard;
};

/** A refusal that leaves no record: one that does is found. */
const isRefusal = (outcome: ForwardedOutcome): outcome is Extract<ForwardedOutcome, { status: 'rejected' }> =>
  outcome.status === 'rejected' && !outcome.repeated;

/** Undefined for one that was met on an older state than the one that is known here. */
const refusedFor = ({ error }: Extract<ForwardedAnswer, { error: unknown }>, version: number): undefined => {
  const failure = errorIn(error);
  if (failure instanceof WrongExpectedVersion && failure.actual < version) return undefined;
  throw failure;
};
