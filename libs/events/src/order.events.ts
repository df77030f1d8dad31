import { defineEvents, type NewEventOf, since } from '@ledgerline/es-core';
import { z } from 'zod';
import { contactV1 } from './contact.js';
import { orderLineV1 } from './order-line.js';
import { productAmountsV1 } from './product-amounts.js';
import {
  storedAmount,
  storedCountry,
  storedCurrency,
  storedId,
  storedMoney,
  storedQuantity,
  storedSku,
  storedText,
  storedTime,
} from './stored-fields.js';

/** In every event of an order, so that a read model never has to look elsewhere or wait for another event. */
const whatWasOrdered = {
  orderId: storedId,
  customerId: storedId,
  country: storedCountry,
  placedAt: storedTime,
  currency: storedCurrency,
  lines: z.array(orderLineV1),
  total: storedAmount,
  contact: contactV1.optional(),
};

export const orderCreatedV1 = z
  .object({ ...whatWasOrdered, cartId: storedId })
  .describe('What was in the cart is ordered, and waits to be paid.');
/** v1 → v2 (2026-11): when the order was created, which may be long after it was placed. */
export const orderCreatedV2 = orderCreatedV1
  .extend({ createdAt: storedTime.describe('When it was recorded, which may be long after it was placed.') })
  .describe('What was in the cart is ordered, and waits to be paid.');

export const returnAcceptedV1 = z
  .object({
    commandId: storedId,
    returnId: storedId,
    orderId: storedId,
    customerId: storedId,
    country: storedCountry,
    lines: z.array(
      z.object({
        sku: storedSku,
        description: storedText.optional(),
        quantity: storedQuantity,
        unitPrice: storedMoney,
      }),
    ),
    registeredAt: storedTime.optional(),
    worth: productAmountsV1.describe("In the order's currency."),
  })
  .describe('Goods of the order come back: its registration as a return follows, word for word and under `commandId`.');

/** What an order's own stream holds. A cart acts on it that its order could not be created, and a payment that it could not be confirmed. */
export const orderEvents = defineEvents(
  'orders.events',
  {
    // Before, it was only recorded when it was placed.
    OrderCreated: since(orderCreatedV1).to(orderCreatedV2, (data) => ({ ...data, createdAt: data.placedAt })),
    OrderConfirmed: z.object({ ...whatWasOrdered, confirmedAt: storedTime }).describe('The order is paid.'),
    OrderCancelled: z
      .object({
        ...whatWasOrdered,
        cancelledAt: storedTime,
        reason: storedText,
        wasConfirmed: z.boolean().describe('True: it was paid, and its revenue had been counted.'),
        returned: productAmountsV1
          .optional()
          .describe('What had come back before, and is refunded by its returns; absent where nothing had.'),
      })
      .describe('The order ended, by the customer or unpaid. What was paid goes back.'),
    ReturnAccepted: returnAcceptedV1,
    ReturnReleased: z
      .object({
        orderId: storedId,
        customerId: storedId,
        country: storedCountry,
        currency: storedCurrency,
        returnId: storedId,
        reason: storedText.describe('The code of the rule that kept the return from being registered.'),
        refund: productAmountsV1
          .extend({ cancelledAt: storedTime })
          .optional()
          .describe('What a cancellation in between left out because of the return; absent where there was none.'),
      })
      .describe('The return that the order accepted could not be registered: the order is worth as much more again.'),
  },
  { rejects: ['CreateOrder', 'ConfirmOrder'] },
);

export type OrderEvent = NewEventOf<typeof orderEvents>;
export type OrderCreated = NewEventOf<typeof orderEvents, 'OrderCreated'>;
export type OrderConfirmed = NewEventOf<typeof orderEvents, 'OrderConfirmed'>;
export type OrderCancelled = NewEventOf<typeof orderEvents, 'OrderCancelled'>;
export type ReturnAccepted = NewEventOf<typeof orderEvents, 'ReturnAccepted'>;
export type ReturnReleased = NewEventOf<typeof orderEvents, 'ReturnReleased'>;
