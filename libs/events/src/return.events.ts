import { defineEvents, type NewEventOf } from '@ledgerline/es-core';
import { z } from 'zod';
import { orderLineV1 } from './order-line.js';
import { storedAmount, storedCountry, storedCurrency, storedId, storedTime } from './stored-fields.js';

/** What a return's own stream holds. */
export const returnEvents = defineEvents('orders.events', {
  ReturnRegistered: z
    .object({
      returnId: storedId,
      orderId: storedId.optional().describe('Absent where goods come back and nobody knows the order.'),
      customerId: storedId,
      country: storedCountry,
      registeredAt: storedTime,
      currency: storedCurrency,
      lines: z.array(orderLineV1),
      total: storedAmount,
    })
    .describe('Goods came back. They are refunded.'),
});

export type ReturnRegistered = NewEventOf<typeof returnEvents, 'ReturnRegistered'>;
