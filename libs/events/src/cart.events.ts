import { type EventCatalogue, type EventType, eventCatalogue, eventType } from '@ledgerline/es-core';
import { z } from 'zod';
import { contactV1 } from './contact.js';
import type { EventOf } from './messages.js';
import { orderLineV1 } from './order-line.js';
import {
  storedAmount,
  storedCurrency,
  storedId,
  storedMoney,
  storedQuantity,
  storedText,
  storedTime,
} from './stored-fields.js';

export const CART = 'cart';

export const itemAddedToCartV1 = z.object({
  lineId: storedId,
  sku: storedText,
  description: storedText.optional(),
  /** What was added; the line may have had some before. */
  quantity: storedQuantity,
  unitPrice: storedMoney,
});
export const quantityChangedV1 = z.object({ lineId: storedId, /** The new one. */ quantity: storedQuantity });
export const itemRemovedFromCartV1 = z.object({ lineId: storedId });
export const cartCheckedOutV1 = z.object({
  cartId: storedId,
  orderId: storedId,
  customerId: storedId,
  country: storedText,
  placedAt: storedTime,
  currency: storedCurrency,
  lines: z.array(orderLineV1),
  total: storedAmount,
  contact: contactV1.optional(),
});
/** The order that the cart was checked out into is another cart's: it is open again, with the lines it had. */
export const cartReopenedV1 = z.object({
  orderId: storedId,
  /** The code of the rule that kept the order from being created. */
  reason: storedText,
});

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
