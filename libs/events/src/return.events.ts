import { type EventCatalogue, type EventType, eventCatalogue, eventType } from '@ledgerline/es-core';
import { z } from 'zod';
import type { EventOf } from './messages.js';
import { orderLineV1 } from './order-line.js';
import { storedAmount, storedCountry, storedCurrency, storedId, storedTime } from './stored-fields.js';

export const RETURN = 'return';

export const returnRegisteredV1 = z
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
  .describe('Goods came back. They are refunded.');

export type ReturnRegistered = EventOf<'ReturnRegistered', typeof returnRegisteredV1>;
export type ReturnEvent = ReturnRegistered;

export const returnEventTypes: readonly EventType<ReturnEvent>[] = [
  eventType<ReturnRegistered>('ReturnRegistered', [returnRegisteredV1]),
];

/** What a return's own stream holds. */
export const returnCatalogue: EventCatalogue<ReturnEvent> = eventCatalogue(returnEventTypes);
