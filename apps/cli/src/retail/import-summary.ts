import type { ImportTally } from './import-tally.js';
import { type RejectedCommand, rejectedCommands } from './rejected-commands.js';
import type { RefusedLine, RetailPlan } from './retail-plan.js';
import type { UnfinishedOrder } from './unfinished-orders.js';

/** What an import came to. What stands before `recorded` describes the file, and is the same on every run of it. */
export interface ImportSummary extends Partial<Shortfall> {
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

/** What the services did not take of it, or did not bring to its end; absent from the summary where there is nothing. */
interface Shortfall {
  /** How many commands. */
  readonly rejected: number;
  readonly rejectedCommands: readonly RejectedCommand[];
  /** Orders that were placed and are not confirmed. */
  readonly unfinishedOrders: readonly UnfinishedOrder[];
}

/** What came of the plan. */
export interface Outcome extends Pick<ImportTally, 'recorded' | 'repeated' | 'refused'> {
  readonly unfinished: readonly UnfinishedOrder[];
  readonly seconds: number;
}

export const importSummary = (
  { rows, invoices, refusedLines, refusedInvoices }: RetailPlan,
  { recorded, repeated, refused, unfinished, seconds }: Outcome,
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
    ...(refused.length > 0 && { rejected: refused.length, rejectedCommands: rejectedCommands(invoices, refused) }),
    ...(unfinished.length > 0 && { unfinishedOrders: unfinished }),
  };
};

const countByReason = (refusals: readonly { readonly reason: string }[]): Record<string, number> => {
  const counts: Record<string, number> = {};
  for (const { reason } of refusals) counts[reason] = (counts[reason] ?? 0) + 1;
  return counts;
};
