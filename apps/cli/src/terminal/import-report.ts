import { formatRanges, lineRanges } from '../retail/file/line-ranges.js';
import { separatorName } from '../retail/file/separator.js';
import { visible } from '../retail/file/shown-text.js';
import type { FileSummary } from '../retail/file-summary.js';
import type { ImportSummary } from '../retail/import-summary.js';
import type { FileFormat } from '../retail/retail-file.js';
import type { RefusedLine } from '../retail/retail-plan.js';

const SENTENCES_SHOWN = 20;

/** Everything that is not taken as the file has it, on standard error. */
export const reportImport = (done: FileSummary | ImportSummary): void => {
  const { refused, incompleteInvoices = [], doubledInvoices = [], repeatedRows, repeatedHeaders = [] } = done;
  const { rejectedCommands = [], unfinishedOrders = [], differingOrders = [] }: Partial<ImportSummary> = done;
  if (repeatedHeaders.length > 0) say(`the header stands again on ${formatRanges(repeatedHeaders.map(String))}`);
  if (repeatedRows)
    say(
      `rows that come again after rows of other invoices, ${repeatedRows.choice === 'drop' ? 'left out' : 'kept'}: ${repeatedRows.rows}, ${formatRanges(repeatedRows.lines)}`,
    );
  reportFirst(
    doubledInvoices,
    'invoices',
    ({ invoice, lines }) => `invoice ${invoice} has all its rows twice, ${formatRanges(lines)}; all of them count`,
  );
  const malformed = refused.filter(({ rule }) => rule !== undefined);
  reportFirst(malformed, 'lines', ({ line, reason, rule }) => `line ${line} refused: ${reason}, ${rule}`);
  for (const [reason, lines] of refusedByReason(refused)) say(`${formatRanges(lineRanges(lines))} refused: ${reason}`);
  reportFirst(
    incompleteInvoices,
    'invoices',
    ({ invoice, lines, line }) =>
      `invoice ${visible(invoice)} refused with all its rows, ${formatRanges(lines)}: without line ${line} it is incomplete`,
  );
  reportFirst(rejectedCommands, 'commands', ({ invoice, line, type, code, reason }) => {
    const place = line === undefined ? `invoice ${invoice}` : `invoice ${invoice}, line ${line}`;
    return `${place}: ${type} rejected: ${code}${reason === undefined ? '' : `, ${reason}`}`;
  });
  reportFirst(unfinishedOrders, 'orders', ({ orderId, status }) => `order ${orderId} is ${status}, not confirmed`);
  reportFirst(
    differingOrders,
    'orders',
    ({ orderId, total, inFile }) => `order ${orderId} comes to ${total}, in the file to ${inFile}`,
  );
};

/** `utf-8, separated by a comma, dates as ymd`; nothing of dates where none was read. */
export const describeFormat = ({ encoding, separator, dates }: FileFormat): string =>
  `${encoding}, separated by a ${separatorName(separator)}${dates === undefined ? '' : `, dates as ${dates}`}`;

/** The lines of rows that break no rule by themselves; those of incomplete invoices are said by invoice. */
const refusedByReason = (refused: readonly RefusedLine[]): ReadonlyMap<string, readonly number[]> => {
  const lines = new Map<string, number[]>();
  for (const { line, reason, rule } of refused)
    if (rule === undefined && reason !== 'incomplete-invoice') {
      const same = lines.get(reason);
      if (same) same.push(line);
      else lines.set(reason, [line]);
    }
  return lines;
};

const say = (sentence: string): void => void process.stderr.write(`${sentence}\n`);

const reportFirst = <T>(all: readonly T[], what: string, sentence: (one: T) => string): void => {
  for (const one of all.slice(0, SENTENCES_SHOWN)) say(sentence(one));
  if (all.length > SENTENCES_SHOWN) say(`and ${all.length - SENTENCES_SHOWN} more ${what}`);
};

/** A line per figure. */
export const importText = (done: FileSummary | ImportSummary): string => {
  const { format, rows, orders, returns, itemsAdded, from, to, ...refusals } = done;
  const figures: [string, string | number][] = [
    ['encoding', format.encoding],
    ['separator', format.separator],
    ...(format.dates === undefined ? [] : ([['dates', format.dates]] as [string, string][])),
    ['rows', rows],
    ['orders', orders],
    ['returns', returns],
    ['items added', itemsAdded],
    ...(from === undefined || to === undefined
      ? []
      : ([
          ['from', from],
          ['to', to],
        ] as [string, string][])),
    ...reasons('lines refused', refusals.refusedLines),
    ...reasons('invoices refused', refusals.refusedInvoices),
    ...('recorded' in done ? outcome(done) : reasons('would be sent', done.commands)),
  ];
  const width = Math.max(...figures.map(([name]) => name.length));
  const right = Math.max(...figures.map(([, figure]) => String(figure).length));
  return figures.map(([name, figure]) => `${name.padEnd(width)}  ${String(figure).padStart(right)}`).join('\n');
};

const outcome = ({ recorded, repeated, rejected, seconds }: ImportSummary): [string, string | number][] => [
  ['commands recorded', recorded],
  ['commands repeated', repeated],
  ...(rejected === undefined ? [] : [['commands rejected', rejected] as [string, number]]),
  ['seconds', seconds.toFixed(1)],
];

const reasons = (what: string, counts: Readonly<Record<string, number>>): [string, number][] =>
  Object.entries(counts).map(([reason, count]) => [`${what}, ${reason}`, count]);
