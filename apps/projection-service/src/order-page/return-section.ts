import type { Immutable } from '@ledgerline/es-core';
import {
  orderLineV1,
  type ReturnRegistered,
  storedAmount,
  storedCurrency,
  storedId,
  storedTime,
} from '@ledgerline/events';
import { z } from 'zod';

export const returnSection = z.object({
  returnId: storedId,
  registeredAt: storedTime,
  currency: storedCurrency,
  lines: z.array(orderLineV1),
  total: storedAmount,
});
export type ReturnSection = Immutable<z.output<typeof returnSection>>;

/** Each return is a stream of its own, so they come in any order and are kept by id. */
export const withReturn = (
  returns: readonly ReturnSection[],
  { returnId, registeredAt, currency, lines, total }: ReturnRegistered['data'],
): readonly ReturnSection[] =>
  [...returns, { returnId, registeredAt, currency, lines, total }].sort((a, b) => (a.returnId < b.returnId ? -1 : 1));
