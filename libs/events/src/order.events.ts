import { type EventCatalogue, type EventType, eventCatalogue, eventType } from '@ledgerline/es-core';
import { z } from 'zod';
import type { EventOf } from './messages.js';
import { orderLineV1 } from './order-line.js';
import { storedAmount, storedCurrency, storedId, storedText, storedTime } from './stored-fields.js';

export const ORDER = 'order';

/** In every event of an order, so that a read model never has to look elsewhere or wait for another event. */
const whatWasOrdered = {
  orderId: storedId,
  customerId: storedId,
  country: storedText,
  placedAt: storedTime,
  currency: storedCurrency,
  lines: z.array(orderLineV1),
  total: storedAmount,
};

export const orderCreatedV1 = z.object({ ...whatWasOrdered, cartId: storedId });
export const orderConfirmedV1 = z.object({ ...whatWasOrdered, confirmedAt: storedTime });
export const orderCancelledV1 = z.object({
  ...whatWasOrdered,
  cancelledAt: storedTime,
  reason: storedText,
  /** True: it was paid, and its revenue had been counted. */
  wasConfirmed: z.boolean(),
});

export type OrderCreated = EventOf<'OrderCreated', typeof orderCreatedV1>;
export type OrderConfirmed = EventOf<'OrderConfirmed', typeof orderConfirmedV1>;
export type OrderCancelled = EventOf<'OrderCancelled', typeof orderCancelledV1>;
export type OrderEvent = OrderCreated | OrderConfirmed | OrderCancelled;

export const orderEventTypes: readonly EventType<OrderEvent>[] = [
  eventType<OrderCreated>('OrderCreated', [orderCreatedV1]),
  eventType<OrderConfirmed>('OrderConfirmed', [orderConfirmedV1]),
  eventType<OrderCancelled>('OrderCancelled', [orderCancelledV1]),
];

/** What an order's own stream holds. */
export const orderCatalogue: EventCatalogue<OrderEvent> = eventCatalogue(orderEventTypes);
