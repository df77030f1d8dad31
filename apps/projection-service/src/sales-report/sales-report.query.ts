import { limitInQuery } from '@ledgerline/es-nest';
import { atInQuery, type ListCursor } from '@ledgerline/es-nest-projections';
import { currencyField } from '@ledgerline/events';
import { z } from 'zod';
import { dayInQuery, isRange, rangeProblem } from '../queries/time-query.js';
import { salesDimensions } from './sales-document.js';
import { isOfReport, otherReportRule, salesCursorInQuery, type SalesList } from './sales-cursor.js';
import type { PlaceInReport } from './sales-report.view.js';

const fields = {
  by: z.enum(salesDimensions, { error: `must be one of ${salesDimensions.join(', ')}` }),
  from: dayInQuery.optional().describe('First day.'),
  to: dayInQuery.optional().describe('The day behind the last.'),
  currency: currencyField.default('GBP'),
  limit: limitInQuery.unwrap().optional().describe('Without it 100 rows, and of days all.'),
  cursor: salesCursorInQuery.optional().describe('`next` of the page before.'),
};

type Paged = SalesList & { readonly cursor?: ListCursor<PlaceInReport> | undefined };
const isItsOwn = ({ cursor, ...list }: Paged): boolean => cursor === undefined || isOfReport(cursor, list);
const otherReport = { path: ['cursor'], error: otherReportRule };

/** `GET /reports/sales/stream`. */
export const salesQuery = z.strictObject(fields).refine(isRange, rangeProblem).refine(isItsOwn, otherReport);
export type SalesReportQuery = z.output<typeof salesQuery>;

/** `GET /reports/sales`. */
export const salesAsOfQuery = z
  .strictObject({ ...fields, at: atInQuery })
  .refine(isRange, rangeProblem)
  .refine(isItsOwn, otherReport);
export type SalesAsOfQuery = z.output<typeof salesAsOfQuery>;
