import { defineEvents, type NewEventOf } from '@ledgerline/es-core';
import { z } from 'zod';
import { contactV1 } from './contact.js';
import { orderLineV1 } from './order-line.js';
import {
  storedAmount,
  storedCountry,
  storedCurrency,
  storedId,
  storedLineId,
  storedMoney,
  storedQuantity,
  storedSku,
  storedText,
  storedTime,
} from './stored-fields.js';

export const cartCheckedOutV1 = z
  .object({
    cartId: storedId,
    orderId: storedId,
    customerId: storedId,
    country: storedCountry,
    placedAt: storedTime,
    currency: storedCurrency,
    lines: z.array(orderLineV1),
    total: storedAmount,
    contact: contactV1.optional(),
  })
  .describe('The customer orders what is in the cart, with its prices worked out. The cart takes nothing more.');

/** What a cart's own stream holds. */
export const cartEvents = defineEvents('orders.events', {
  ItemAddedToCart: z
    .object({
      lineId: storedLineId,
      sku: storedSku,
      description: storedText.optional(),
      quantity: storedQuantity.describe('What was added; the line may have had some before.'),
      unitPrice: storedMoney,
    })
    .describe('A customer put a product into the cart. The same product at the same price is one line.'),
  QuantityChanged: z
    .object({ lineId: storedLineId, quantity: storedQuantity.describe('The new one.') })
    .describe('A line has another quantity.'),
  ItemRemovedFromCart: z.object({ lineId: storedLineId }).describe('A line was taken out.'),
  CartCheckedOut: cartCheckedOutV1,
  CartReopened: z
    .object({
      orderId: storedId,
      reason: storedText.meta({
        description: 'The code of the rule that kept the order from being created.',
        examples: ['order-exists'],
      }),
    })
    .describe(
      "The order that the cart was checked out into is another cart's: it is open again, with the lines it had.",
    ),
});

export type CartEvent = NewEventOf<typeof cartEvents>;
export type ItemAddedToCart = NewEventOf<typeof cartEvents, 'ItemAddedToCart'>;
export type QuantityChanged = NewEventOf<typeof cartEvents, 'QuantityChanged'>;
export type CartCheckedOut = NewEventOf<typeof cartEvents, 'CartCheckedOut'>;
