import type { ImportTally } from './import-tally.js';
import type { RefusedLine, RetailPlan } from './retail-plan.js';

/** What an import came to. All but the last three describe the file, and are the same on every run of it. */
export interface ImportSummary {
  readonly rows: number;
  readonly orders: number;
  readonly returns: number;
  readonly itemsAdded: number;
  /** How many, by reason. */
  readonly refusedLines: Readonly<Record<string, number>>;
  readonly refusedInvoices: Readonly<Record<string, number>>;
  /** Which lines, and why. */
  readonly refused: readonly RefusedLine[];
  /** Commands that were recorded by this run, and those that had been before. */
  readonly recorded: number;
  readonly repeated: number;
  readonly seconds: number;
}

export const importSummary = (
  { rows, invoices, refusedLines, refusedInvoices }: RetailPlan,
  { recorded, repeated }: Pick<ImportTally, 'recorded' | 'repeated'>,
  seconds: number,
): ImportSummary => {
  const sales = invoices.filter(({ kind }) => kind === 'sale');
  return {
    rows,
    orders: sales.length,
    returns: invoices.length - sales.length,
    itemsAdded: sales.reduce((sum, { items }) => sum + items.length, 0),
    refusedLines: countByReason(refusedLines),
    refusedInvoices: countByReason(refusedInvoices),
    refused: refusedLines,
    ...{ recorded, repeated },
    seconds: Number(seconds.toFixed(3)),
  };
};

const countByReason = (refusals: readonly { readonly reason: string }[]): Record<string, number> => {
  const counts: Record<string, number> = {};
  for (const { reason } of refusals) counts[reason] = (counts[reason] ?? 0) + 1;
  return counts;
};
