import type { CsvRecord } from './file/csv-records.js';
import { FileUnusable } from './file/file-unusable.error.js';
import { shownText } from './file/shown-text.js';

const COLUMNS = [
  'InvoiceNo',
  'StockCode',
  'Description',
  'Quantity',
  'InvoiceDate',
  'UnitPrice',
  'CustomerID',
  'Country',
] as const;

export type RetailColumn = (typeof COLUMNS)[number];

/** What "Online Retail II" calls them. */
const ALIASES: Readonly<Record<string, RetailColumn>> = { invoice: 'InvoiceNo', price: 'UnitPrice' };

/** Case, spaces and signs in a column's name mean nothing: `customer_id` and `Customer ID` are `CustomerID`. */
const columnNamed = (name: string): RetailColumn | undefined => {
  const letters = name.toLowerCase().replace(/[^\p{L}\p{N}]/gu, '');
  return COLUMNS.find((column) => column.toLowerCase() === letters) ?? ALIASES[letters];
};

/** Where the header puts each column; further columns are left alone. */
export interface RetailHeader {
  readonly names: readonly string[];
  readonly at: Readonly<Record<RetailColumn, number>>;
}

/** How many of the columns these fields name. */
export const columnsNamed = (fields: readonly string[]): number =>
  new Set(fields.flatMap((name) => columnNamed(name) ?? [])).size;

/** Whether a row of the file is a header: nobody's sales are called by the names of columns. */
export const isHeader = (fields: readonly string[]): boolean => columnsNamed(fields) > COLUMNS.length / 2;

/** @throws FileUnusable when a column is missing, or is there twice. */
export const readHeader = (
  { path, separator }: { readonly path: string; readonly separator: string },
  { line, fields }: CsvRecord,
): RetailHeader => {
  const names = fields.map((name) => name.trim());
  const columns = names.map(columnNamed);
  const missing = COLUMNS.filter((column) => !columns.includes(column));
  if (missing.length > 0) throw new FileUnusable(path, `line ${line} ${missingColumns(names, separator, missing)}`);
  const twice = COLUMNS.find((column) => columns.indexOf(column) !== columns.lastIndexOf(column));
  if (twice) {
    const both = names.filter((name) => columnNamed(name) === twice).map(shownText);
    throw new FileUnusable(path, `line ${line} has the column ${twice} twice: ${both.join(' and ')}`);
  }
  const at = Object.fromEntries(COLUMNS.map((column) => [column, columns.indexOf(column)]));
  return { names, at: at as Record<RetailColumn, number> };
};

const NEEDED = `needed are ${COLUMNS.join(', ')} (or, as in Online Retail II, Invoice, Price and Customer ID)`;

const missingColumns = (names: readonly string[], separator: string, missing: readonly RetailColumn[]): string => {
  if (missing.length < COLUMNS.length)
    return `lacks the column${missing.length > 1 ? 's' : ''} ${missing.join(', ')}; ${NEEDED}`;
  return `is no header: separated by a ${separator} it names none of the columns, it begins with ${shownText(names.join(' '))}; ${NEEDED}`;
};
