import type { Filter } from '@ledgerline/es-core';
import { compareAmounts, plus, sumOf } from '@ledgerline/events';
import { type SalesDimension, type SalesDocument, salesPlaceIn, type SalesRow } from './sales-document.js';

/** By what the rows are sorted; by day, only by the key. */
export type PlaceInReport = Pick<SalesRow, 'gross' | 'key'>;

export interface SalesQuery {
  readonly by: SalesDimension;
  /** First day, `2010-12-01`. */
  readonly from?: string | undefined;
  /** The day after the last. */
  readonly to?: string | undefined;
  readonly currency: string;
}

/** Finds the documents whose sum the report is: days where a range is asked for, else the rows over all days. */
export const salesFilter = ({ by, from, to, currency }: SalesQuery): Filter => {
  if (from === undefined && to === undefined) return by === 'day' ? { by, currency } : { by, currency, day: null };
  return { by, currency, day: to === undefined ? { $gte: from ?? '' } : { $gte: from ?? '', $lt: to } };
};

/** Whether the document of this id is one that `salesFilter` finds. */
export const isOfSales = (id: string, { by, from = '', to, currency }: SalesQuery): boolean => {
  const place = salesPlaceIn(id);
  if (place.by !== by || place.currency !== currency) return false;
  if (place.day === null) return from === '' && to === undefined;
  if (by !== 'day' && from === '' && to === undefined) return false;
  return place.day >= from && (to === undefined || place.day < to);
};

/** The document, once its amounts were read: a sum of many would not say in which of them one is none. */
export const withAmounts = (document: SalesDocument): SalesDocument => {
  sumOf([document.gross, document.refunded], document.currency);
  return document;
};

/**
 * Adds up what the partitions and days contribute to each key. Days come by date; everything else with the largest gross
 * first, ties by key. The documents are of one dimension and one currency, as `salesFilter` finds them.
 */
export const salesRows = (documents: Iterable<SalesDocument>, { by }: Pick<SalesQuery, 'by'>): readonly SalesRow[] => {
  const rows = new Map<string, SalesRow>();
  for (const document of documents) rows.set(document.key, sum(rows.get(document.key), document));
  return [...rows.values()].sort(orderOf(by));
};

/** Those that come behind the place in a report's order. Nothing has to be there any more. */
export const rowsBehind = (
  rows: readonly SalesRow[],
  place: PlaceInReport,
  { by }: Pick<SalesQuery, 'by'>,
): readonly SalesRow[] => rows.filter((row) => row.key !== place.key && orderOf(by)(place, row) < 0);

const sum = (
  row: SalesRow | undefined,
  { key, orders, units, gross, returns, refunded, currency }: SalesDocument,
): SalesRow => ({
  key,
  orders: (row?.orders ?? 0) + orders,
  units: (row?.units ?? 0) + units,
  gross: row ? plus(row.gross, gross, currency) : gross,
  returns: (row?.returns ?? 0) + returns,
  refunded: row ? plus(row.refunded, refunded, currency) : refunded,
});

const orderOf = (by: SalesDimension) => (by === 'day' ? byKey : byGross);

const byKey = (a: PlaceInReport, b: PlaceInReport): number => (a.key < b.key ? -1 : 1);

const byGross = (a: PlaceInReport, b: PlaceInReport): number => compareAmounts(b.gross, a.gross) || byKey(a, b);
