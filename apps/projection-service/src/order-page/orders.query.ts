import { idParam, limitInQuery } from '@ledgerline/es-nest';
import { z } from 'zod';
import { isRange, momentInQuery, rangeProblem } from '../read-models/time-query.js';
import { cursorInQuery } from './order-cursor.js';

const statuses = ['created', 'confirmed', 'cancelled'] as const;

/** `GET /orders`. */
export const ordersQuery = z
  .strictObject({
    customerId: idParam.optional(),
    status: z.enum(statuses, { error: `must be one of ${statuses.join(', ')}` }).optional(),
    from: momentInQuery.optional().describe('First moment of placedAt.'),
    to: momentInQuery.optional().describe('The moment behind the last.'),
    limit: limitInQuery,
    cursor: cursorInQuery.optional().describe('`next` of the page before.'),
  })
  .refine(isRange, rangeProblem);
export type OrdersQuery = z.output<typeof ordersQuery>;
