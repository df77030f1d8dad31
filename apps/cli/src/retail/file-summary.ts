import { lineRanges } from './file/line-ranges.js';
import { separatorName } from './file/separator.js';
import type { RetailFile } from './retail-file.js';
import type { RefusedLine, RepeatedRowsChoice, RetailPlan } from './retail-plan.js';

/** What a file asks for: the same on every run of it. What there is none of is left out. */
export interface FileSummary {
  readonly format: { readonly encoding: string; readonly separator: string; readonly dates?: string };
  readonly rows: number;
  readonly orders: number;
  readonly returns: number;
  readonly itemsAdded: number;
  /** The times of the first and the last invoice. */
  readonly from?: string;
  readonly to?: string;
  /** How many of each type it comes to. */
  readonly commands: Readonly<Record<string, number>>;
  /** How many, by reason. */
  readonly refusedLines: Readonly<Record<string, number>>;
  readonly refusedInvoices: Readonly<Record<string, number>>;
  /** Which lines, and why. */
  readonly refused: readonly RefusedLine[];
  /** Which invoices are refused as a whole for one of their rows, and all their lines, `2-8`. */
  readonly incompleteInvoices?: readonly IncompleteInvoice[];
  readonly repeatedRows?: {
    readonly rows: number;
    readonly lines: readonly string[];
    readonly choice: RepeatedRowsChoice;
  };
  /** Invoices whose rows stand there twice, one whole after the other; all of them count. */
  readonly doubledInvoices?: readonly { readonly invoice: string; readonly lines: readonly string[] }[];
  /** Lines on which the header stands again. */
  readonly repeatedHeaders?: readonly number[];
}

export interface IncompleteInvoice {
  readonly invoice: string;
  readonly lines: readonly string[];
  readonly line: number;
  readonly rule: string;
}

export const fileSummary = (
  { format: { encoding, separator, dates } }: RetailFile,
  plan: RetailPlan,
  choice: RepeatedRowsChoice | undefined,
): FileSummary => {
  const { rows, invoices, refusedLines, refusedInvoices, repeatedHeaders } = plan;
  const sales = invoices.filter(({ kind }) => kind === 'sale');
  const [orders, returns] = [sales.length, invoices.length - sales.length];
  const itemsAdded = sales.reduce((sum, { items }) => sum + items, 0);
  const repeated = lineRanges(plan.repeatedLines);
  const incomplete = incompleteInvoices(plan);
  const doubled = plan.doubledInvoices.map(({ invoiceNo, lines }) => ({
    invoice: invoiceNo,
    lines: lineRanges(lines),
  }));
  return {
    format: { encoding, separator: separatorName(separator), ...(dates && { dates }) },
    ...{ rows, orders, returns, itemsAdded },
    ...period(plan),
    commands: { AddItemToCart: itemsAdded, CheckOutCart: orders, ProcessPayment: orders, RegisterReturn: returns },
    refusedLines: countByReason(refusedLines),
    refusedInvoices: countByReason(refusedInvoices),
    refused: refusedLines,
    ...(incomplete.length > 0 && { incompleteInvoices: incomplete }),
    ...(choice &&
      repeated.length > 0 && { repeatedRows: { rows: plan.repeatedLines.length, lines: repeated, choice } }),
    ...(doubled.length > 0 && { doubledInvoices: doubled }),
    ...(repeatedHeaders.length > 0 && { repeatedHeaders }),
  };
};

/** All that it comes to. */
export const commandCount = ({ commands }: FileSummary): number =>
  Object.values(commands).reduce((sum, count) => sum + count, 0);

const period = ({ invoices }: RetailPlan): Pick<FileSummary, 'from' | 'to'> => {
  const times = invoices.map(({ time }) => time).sort();
  const [from, to] = [times[0], times.at(-1)];
  return from === undefined || to === undefined ? {} : { from, to };
};

const incompleteInvoices = ({ refusedInvoices }: RetailPlan): readonly IncompleteInvoice[] =>
  refusedInvoices.flatMap(({ invoiceNo, lines, flaw }) =>
    flaw ? [{ invoice: invoiceNo, lines: lineRanges(lines), ...flaw }] : [],
  );

const countByReason = (refusals: readonly { readonly reason: string }[]): Record<string, number> => {
  const counts: Record<string, number> = {};
  for (const { reason } of refusals) counts[reason] = (counts[reason] ?? 0) + 1;
  return counts;
};
