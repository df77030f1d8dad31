import { type EventCatalogue, type EventType, eventCatalogue, eventType } from '@ledgerline/es-core';
import { z } from 'zod';
import { contactV1 } from './contact.js';
import type { EventOf } from './messages.js';
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

export const CART = 'cart';

export const itemAddedToCartV1 = z
  .object({
    lineId: storedLineId,
    sku: storedSku,
    description: storedText.optional(),
    quantity: storedQuantity.describe('What was added; the line may have had some before.'),
    unitPrice: storedMoney,
  })
  .describe('A customer put a product into the cart. The same product at the same price is one line.');
export const quantityChangedV1 = z
  .object({ lineId: storedLineId, quantity: storedQuantity.describe('The new one.') })
  .describe('A line has another quantity.');
export const itemRemovedFromCartV1 = z.object({ lineId: storedLineId }).describe('A line was taken out.');
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
export const cartReopenedV1 = z
  .object({
    orderId: storedId,
    reason: storedText.meta({
      description: 'The code of the rule that kept the order from being created.',
      examples: ['order-exists'],
    }),
  })
  .describe("The order that the cart was checked out into is another cart's: it is open again, with the lines it had.");

export type ItemAddedToCart = EventOf<'ItemAddedToCart', typeof itemAddedToCartV1>;
export type QuantityChanged = EventOf<'QuantityChanged', typeof quantityChangedV1>;
export type ItemRemovedFromCart = EventOf<'ItemRemovedFromCart', typeof itemRemovedFromCartV1>;
export type CartCheckedOut = EventOf<'CartCheckedOut', typeof cartCheckedOutV1>;
export type CartReopened = EventOf<'CartReopened', typeof cartReopenedV1>;
export type CartEvent = ItemAddedToCart | QuantityChanged | ItemRemovedFromCart | CartCheckedOut | CartReopened;

export const cartEventTypes: readonly EventType<CartEvent>[] = [
  eventType<ItemAddedToCart>('ItemAddedToCart', [itemAddedToCartV1]),
  eventType<QuantityChanged>('QuantityChanged', [quantityChangedV1]),
  eventType<ItemRemovedFromCart>('ItemRemovedFromCart', [itemRemovedFromCartV1]),
  eventType<CartCheckedOut>('CartCheckedOut', [cartCheckedOutV1]),
  eventType<CartReopened>('CartReopened', [cartReopenedV1]),
];

/** What a cart's own stream holds. */
export const cartCatalogue: EventCatalogue<CartEvent> = eventCatalogue(cartEventTypes);
