import { z } from 'zod';
import { type ListCursor, listCursor, listCursorInQuery, listName } from '@ledgerline/es-nest-projections';
import type { PlaceInReport, SalesQuery } from './sales-report.view.js';

/** Which rows a report has; those of a recorded time are another list than today's. */
export type SalesList = SalesQuery & { readonly at?: string | undefined };

const parts = z.tuple([z.string().regex(/^-?\d{1,40}(\.\d{1,10})?$/), z.string(), z.string()]);

export const otherReportRule = 'must be the "next" of an answer to the same by, from, to, currency and at';

export const salesCursor = ({ gross, key }: PlaceInReport, list: SalesList): string =>
  listCursor([gross, key], nameOf(list));

export const salesCursorInQuery = listCursorInQuery(parts, (gross, key): PlaceInReport => ({ gross, key }));

export const isOfReport = (cursor: ListCursor<PlaceInReport>, list: SalesList): boolean => cursor.list === nameOf(list);

const nameOf = ({ by, from, to, currency, at }: SalesList): string => listName([by, from, to, currency, at]);
