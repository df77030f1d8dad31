import { salesCursor, type SalesList } from './sales-cursor.js';
import type { SalesRow } from './sales-document.js';
import { type PlaceInReport, rowsBehind } from './sales-report.view.js';

const ROWS_OF_A_PAGE = 100;

export interface SalesPage {
  readonly rows: readonly SalesRow[];
  /** Absent on the last page. */
  readonly next?: string;
}

export interface PageOfSales extends SalesList {
  readonly limit?: number | undefined;
  readonly after?: PlaceInReport | undefined;
}

/** Part of the rows, and how to get the next. Days are a few per year: they all come unless a limit is asked for. */
export const salesPage = (all: readonly SalesRow[], { limit, after, ...list }: PageOfSales): SalesPage => {
  const rows = after ? rowsBehind(all, after, list) : all;
  const most = limit ?? (list.by === 'day' ? rows.length : ROWS_OF_A_PAGE);
  const page = rows.slice(0, most);
  const last = page.at(-1);
  return rows.length > most && last ? { rows: page, next: salesCursor(last, list) } : { rows: page };
};
