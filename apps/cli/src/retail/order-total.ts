import { lineAmount, sumOf } from '@ledgerline/events';
import { mergedLineKey } from './row-limits.js';
import type { PlannedInvoice } from './retail-plan.js';

/** What the order of a sale comes to: rows of one StockCode and UnitPrice are one line, whose amount is rounded once. */
export const orderTotal = ({ items }: PlannedInvoice): string => {
  const lines = new Map<string, { quantity: number; readonly unitPrice: string }>();
  for (const { sku, quantity, unitPrice } of items) {
    const key = mergedLineKey({ sku, unitPrice });
    const line = lines.get(key);
    if (line) line.quantity += quantity;
    else lines.set(key, { quantity, unitPrice });
  }
  const amounts = [...lines.values()].map(({ quantity, unitPrice }) => lineAmount(quantity, unitPrice, 'GBP'));
  return sumOf(amounts, 'GBP');
};
