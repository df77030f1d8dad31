import { idParam, limitInQuery } from '@ledgerline/es-nest';
import { recordedCountryField } from '@ledgerline/events';
import { z } from 'zod';
import { isRange, momentInQuery, rangeProblem } from '../queries/time-query.js';
import { cursorInQuery, isOfList, otherListRule } from './order-cursor.js';

const statuses = ['created', 'confirmed', 'cancelled'] as const;
const sorts = ['placedAt', '-placedAt'] as const;

/** `GET /orders`. */
export const ordersQuery = z
  .strictObject({
    customerId: idParam.optional(),
    status: z.enum(statuses, { error: `must be one of ${statuses.join(', ')}` }).optional(),
    country: recordedCountryField.optional(),
    from: momentInQuery.optional().describe('First moment of placedAt.'),
    to: momentInQuery.optional().describe('The moment behind the last.'),
    sort: z
      .enum(sorts, { error: `must be one of ${sorts.join(', ')}` })
      .default('-placedAt')
      .describe('Oldest first, or (the default) newest first.'),
    limit: limitInQuery,
    cursor: cursorInQuery.optional().describe('`next` of the page before.'),
  })
  .refine(isRange, rangeProblem)
  .refine(({ cursor, ...list }) => cursor === undefined || isOfList(cursor, list), {
    path: ['cursor'],
    error: otherListRule,
  });
export type OrdersQuery = z.output<typeof ordersQuery>;
