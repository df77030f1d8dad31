import { canonicalPrice, limits } from '@ledgerline/events';
import type { LineRefusal, PlannedInvoice, PlannedItem } from './retail-plan.js';

interface RowOverLimit {
  readonly line: number;
  readonly reason: LineRefusal;
  readonly rule: string;
}

/** Rows with the same become one line of an order. */
export const mergedLineKey = ({ sku, unitPrice }: Pick<PlannedItem, 'sku' | 'unitPrice'>): string =>
  `${sku}\n${canonicalPrice({ amount: unitPrice, currency: 'GBP' }).amount}`;

/** Whether an invoice of so many rows and pieces may break a limit of the lines that its rows are merged into. */
export const mayExceedLimits = ({ items, pieces }: { readonly items: number; readonly pieces: number }): boolean =>
  items > limits.lines || pieces > limits.quantity;

/** The rows that go too far: by the pieces of one StockCode and UnitPrice, or by the number of such lines. */
export const rowsOverLimits = ({ items }: PlannedInvoice): readonly RowOverLimit[] => {
  const pieces = new Map<string, number>();
  return items.flatMap(({ line, sku, quantity, unitPrice }): RowOverLimit | never[] => {
    const key = mergedLineKey({ sku, unitPrice });
    const sum = (pieces.get(key) ?? 0) + quantity;
    if (sum > limits.quantity) {
      const rule = `rows of one StockCode and UnitPrice must have at most ${limits.quantity} pieces together`;
      return { line, reason: 'quantity-too-large', rule };
    }
    if (!pieces.has(key) && pieces.size === limits.lines)
      return { line, reason: 'too-many-lines', rule: `an invoice must have at most ${limits.lines} lines` };
    pieces.set(key, sum);
    return [];
  });
};
