import type { Immutable } from '@ledgerline/es-core';
import { z } from 'zod';
import { lineAmount, sumOf } from './money.js';
import { storedAmount, storedLineId, storedQuantity, storedSku, storedText } from './stored-fields.js';

export const orderLineV1 = z.object({
  lineId: storedLineId,
  sku: storedSku,
  description: storedText.optional(),
  quantity: storedQuantity,
  unitPrice: storedAmount.meta({ examples: ['2.55'] }),
  amount: storedAmount.describe('Quantity x unit price, rounded once.'),
});

/** A line with its price worked out; the currency is that of the order or return it belongs to. */
export type OrderLine = Immutable<z.output<typeof orderLineV1>>;
export type UnpricedLine = Omit<OrderLine, 'amount'>;

/** The lines with their amounts, each rounded once, and the sum of these amounts. */
export const priced = (
  lines: readonly UnpricedLine[],
  currency: string,
): { readonly lines: readonly OrderLine[]; readonly total: string } => {
  const withAmounts = lines.map((line) => ({ ...line, amount: lineAmount(line.quantity, line.unitPrice, currency) }));
  return {
    lines: withAmounts,
    total: sumOf(
      withAmounts.map(({ amount }) => amount),
      currency,
    ),
  };
};
