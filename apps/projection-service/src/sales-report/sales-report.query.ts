import { limitInQuery } from '@ledgerline/es-nest';
import { currencyField } from '@ledgerline/events';
import { z } from 'zod';
import { atInQuery } from '../past/at-in-query.js';
import type { ListCursor } from '../read-models/list-cursor.js';
import { dayInQuery, isRange, rangeProblem } from '../read-models/time-query.js';
import { isOfReport, otherReportRule, salesCursorInQuery, type SalesList } from './sales-cursor.js';
import type { PlaceInReport } from './sales-report.view.js';

const dimensions = ['day', 'country', 'product', 'customer'] as const;

const fields = {
  by: z.enum(dimensions, { error: `must be one of ${dimensions.join(', ')}` }),
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
export const salesThenQuery = z
  .strictObject({ ...fields, at: atInQuery })
  .refine(isRange, rangeProblem)
  .refine(isItsOwn, otherReport);
export type SalesThenQuery = z.output<typeof salesThenQuery>;
