import type { Immutable } from '@ledgerline/es-core';
import {
  type OrderCancelled,
  type OrderConfirmed,
  type OrderCreated,
  orderCreatedV1,
  storedText,
  storedTime,
} from '@ledgerline/events';
import { z } from 'zod';

export const orderStatus = z.enum(['created', 'confirmed', 'cancelled']);
export type OrderStatus = z.output<typeof orderStatus>;

export const orderSection = orderCreatedV1.omit({ cartId: true }).extend({
  status: orderStatus,
  createdAt: storedTime.optional(),
  confirmedAt: storedTime.optional(),
  cancelledAt: storedTime.optional(),
  reason: storedText.optional(),
});
export type OrderSection = Immutable<z.output<typeof orderSection>>;

export type OrderProgress = OrderCreated | OrderConfirmed | OrderCancelled;

/** The section after an event of the order, each of which says everything that was ordered. */
export const orderAfter = (before: OrderSection | undefined, event: OrderProgress): OrderSection => {
  switch (event.type) {
    case 'OrderCreated': {
      const { cartId: _cartId, ...order } = event.data;
      return { ...order, status: 'created' };
    }
    case 'OrderConfirmed':
      return { ...before, ...event.data, status: 'confirmed' };
    case 'OrderCancelled': {
      const { wasConfirmed: _wasConfirmed, returned: _returned, ...order } = event.data;
      return { ...before, ...order, status: 'cancelled' };
    }
  }
};
