import type { OrderLine, ReturnRegistered } from '@ledgerline/events';

export type ReturnSection = {
  readonly returnId: string;
  readonly registeredAt: string;
  readonly currency: string;
  readonly lines: readonly OrderLine[];
  readonly total: string;
};

/** Each return is a stream of its own, so they come in any order and are kept by id. */
export const withReturn = (
  returns: readonly ReturnSection[],
  { returnId, registeredAt, currency, lines, total }: ReturnRegistered['data'],
): readonly ReturnSection[] =>
  [...returns, { returnId, registeredAt, currency, lines, total }].sort((a, b) => (a.returnId < b.returnId ? -1 : 1));
