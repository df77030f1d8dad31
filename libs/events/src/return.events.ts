import { type EventCatalogue, type EventType, eventCatalogue, eventType } from '@ledgerline/es-core';
import { z } from 'zod';
import type { EventOf } from './messages.js';
import { orderLineV1 } from './order-line.js';
import { storedAmount, storedCurrency, storedId, storedText, storedTime } from './stored-fields.js';

export const RETURN = 'return';

export const returnRegisteredV1 = z.object({
  returnId: storedId,
  /** Absent where goods come back and nobody knows the order. */
  orderId: storedId.optional(),
  customerId: storedId,
  country: storedText,
  registeredAt: storedTime,
  currency: storedCurrency,
  lines: z.array(orderLineV1),
  total: storedAmount,
});

export type ReturnRegistered = EventOf<'ReturnRegistered', typeof returnRegisteredV1>;
export type ReturnEvent = ReturnRegistered;

export const returnEventTypes: readonly EventType<ReturnEvent>[] = [
  eventType<ReturnRegistered>('ReturnRegistered', [returnRegisteredV1]),
];

/** What a return's own stream holds. */
export const returnCatalogue: EventCatalogue<ReturnEvent> = eventCatalogue(returnEventTypes);
