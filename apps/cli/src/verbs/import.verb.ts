import type { ImportSummary } from '../retail/import-summary.js';
import { importRetail } from '../retail/import-retail.js';
import { withShop } from '../http/shop.js';
import { terminalProgress } from '../terminal/import-progress.js';
import type { Result } from '../terminal/print.js';

const LINES_SHOWN = 20;

/** `es import retail FILE` */
export const importRetailVerb = async (path: string): Promise<Result> => {
  const progress = terminalProgress();
  try {
    const summary = await withShop((shop) => importRetail(path, shop, progress));
    progress.stop();
    sayWhichLines(summary);
    const message = shortfallOf(summary);
    if (message === undefined) return { json: summary, text: textOf(summary) };
    process.stderr.write(`es: ${message}\n`);
    return { ok: false, json: { ...summary, error: { code: 'import-incomplete', message } }, text: textOf(summary) };
  } finally {
    progress.stop();
  }
};

/** Refusals for their figures are in the data's nature; what cannot be read or is rejected is news to somebody. */
const sayWhichLines = ({ refused, rejectedCommands = [], unfinishedOrders = [] }: ImportSummary): void => {
  const malformed = refused.filter(({ rule }) => rule !== undefined);
  sayFirst(malformed, 'lines', ({ line, reason, rule }) => `line ${line} refused: ${reason}, ${rule}`);
  sayFirst(rejectedCommands, 'commands', ({ invoice, line, type, code, reason }) => {
    const place = line === undefined ? `invoice ${invoice}` : `invoice ${invoice}, line ${line}`;
    return `${place}: ${type} rejected: ${code}${reason === undefined ? '' : `, ${reason}`}`;
  });
  sayFirst(unfinishedOrders, 'orders', ({ orderId, status }) => `order ${orderId} is ${status}, not confirmed`);
};

const sayFirst = <T>(all: readonly T[], what: string, sentence: (one: T) => string): void => {
  for (const one of all.slice(0, LINES_SHOWN)) process.stderr.write(`${sentence(one)}\n`);
  if (all.length > LINES_SHOWN) process.stderr.write(`and ${all.length - LINES_SHOWN} more ${what}\n`);
};

/** What keeps the import from being complete; undefined when nothing does. */
const shortfallOf = ({ rejected = 0, unfinishedOrders = [] }: ImportSummary): string | undefined => {
  const parts = [
    ...(rejected > 0 ? [`commands that were rejected: ${rejected}`] : []),
    ...(unfinishedOrders.length > 0 ? [`orders that did not end confirmed: ${unfinishedOrders.length}`] : []),
  ];
  return parts.length === 0 ? undefined : `the import is incomplete; ${parts.join(', ')}`;
};

const textOf = ({
  rows,
  orders,
  returns,
  itemsAdded,
  recorded,
  repeated,
  seconds,
  ...refusals
}: ImportSummary): string => {
  const counts: [string, string | number][] = [
    ['rows', rows],
    ['orders', orders],
    ['returns', returns],
    ['items added', itemsAdded],
    ...reasons('lines refused', refusals.refusedLines),
    ...reasons('invoices refused', refusals.refusedInvoices),
    ['commands recorded', recorded],
    ['commands repeated', repeated],
    ...(refusals.rejected === undefined ? [] : [['commands rejected', refusals.rejected] as [string, number]]),
    ['seconds', seconds.toFixed(1)],
  ];
  const width = Math.max(...counts.map(([name]) => name.length));
  const right = Math.max(...counts.map(([, count]) => String(count).length));
  return counts.map(([name, count]) => `${name.padEnd(width)}  ${String(count).padStart(right)}`).join('\n');
};

const reasons = (what: string, counts: Readonly<Record<string, number>>): [string, number][] =>
  Object.entries(counts).map(([reason, count]) => [`${what}, ${reason}`, count]);
