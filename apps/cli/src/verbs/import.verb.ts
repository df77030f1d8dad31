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
    return { json: summary, text: textOf(summary) };
  } finally {
    progress.stop();
  }
};

/** Refusals for their figures are in the data's nature; what cannot be read is news to somebody. */
const sayWhichLines = ({ refused }: ImportSummary): void => {
  const malformed = refused.filter(({ rule }) => rule !== undefined);
  for (const { line, reason, rule } of malformed.slice(0, LINES_SHOWN))
    process.stderr.write(`line ${line} refused: ${reason}, ${rule}\n`);
  if (malformed.length > LINES_SHOWN) process.stderr.write(`and ${malformed.length - LINES_SHOWN} more lines\n`);
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
    ['seconds', seconds.toFixed(1)],
  ];
  const width = Math.max(...counts.map(([name]) => name.length));
  const right = Math.max(...counts.map(([, count]) => String(count).length));
  return counts.map(([name, count]) => `${name.padEnd(width)}  ${String(count).padStart(right)}`).join('\n');
};

const reasons = (what: string, counts: Readonly<Record<string, number>>): [string, number][] =>
  Object.entries(counts).map(([reason, count]) => [`${what}, ${reason}`, count]);
