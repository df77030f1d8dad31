import { FileUnusable } from './file-unusable.error.js';

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

/** Where the header puts each column; further columns are left alone. */
export interface RetailHeader {
  readonly width: number;
  readonly at: Readonly<Record<RetailColumn, number>>;
}

/** @throws FileUnusable when a column is missing, or is there twice. */
export const readHeader = (path: string, fields: readonly string[]): RetailHeader => {
  const names = fields.map((name) => name.trim());
  const missing = COLUMNS.filter((column) => !names.includes(column));
  if (missing.length > 0)
    throw new FileUnusable(
      path,
      `line 1 lacks the column${missing.length > 1 ? 's' : ''} ${missing.join(', ')}; needed are ${COLUMNS.join(', ')}`,
    );
  const twice = COLUMNS.find((column) => names.indexOf(column) !== names.lastIndexOf(column));
  if (twice) throw new FileUnusable(path, `line 1 has the column ${twice} twice`);
  const at = Object.fromEntries(COLUMNS.map((column) => [column, names.indexOf(column)]));
  return { width: names.length, at: at as Record<RetailColumn, number> };
};
