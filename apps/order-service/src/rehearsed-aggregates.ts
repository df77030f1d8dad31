import { rehearsed, type RehearsedAggregate, type Wish } from '@ledgerline/es-core';
import {
  CART,
  cartCatalogue,
  type CartEvent,
  ORDER,
  orderCatalogue,
  type OrderEvent,
  RETURN,
  returnCatalogue,
  type ReturnEvent,
  SUBJECT,
  subjectCatalogue,
  type SubjectEvent,
} from '@ledgerline/events';
import type { CartCommand } from './cart/cart.commands.js';
import { cartDecider } from './cart/cart.decider.js';
import type { OrderCommand } from './order/order.commands.js';
import { orderDecider } from './order/order.decider.js';
import type { ReturnCommand } from './return/return.commands.js';
import { returnDecider } from './return/return.decider.js';
import type { ForgetSubject } from './subject/subject.commands.js';
import { subjectDecider } from './subject/subject.decider.js';

/* The commands are told from what they recorded, in the words in which they were sent. */

const cartCommandsOf = ([event]: readonly CartEvent[]): readonly Wish<CartCommand>[] => {
  switch (event?.type) {
    case 'ItemAddedToCart': {
      const { lineId: _lineId, ...item } = event.data;
      const { amount, currency } = item.unitPrice;
      return [amount, inShort(amount)].map((price) => ({
        ...{ type: 'AddItemToCart', ...item, unitPrice: { amount: price, currency } },
      }));
    }
    case 'QuantityChanged':
      return [{ type: 'ChangeQuantity', ...event.data }];
    case 'ItemRemovedFromCart':
      return [{ type: 'RemoveItemFromCart', ...event.data }];
    case 'CartCheckedOut': {
      const { cartId, orderId, customerId, country, placedAt, contact } = event.data;
      const now = { type: 'CheckOutCart', cartId, orderId, customerId, country, ...(contact && { contact }) } as const;
      return [{ ...now, placedAt }, now];
    }
    case 'CartReopened':
      return [{ type: 'ReopenCart', ...event.data }];
    case undefined:
      return [];
  }
};

/** A price may have been sent as 2.1 or 2, and is recorded as 2.10 or 2.00. */
const inShort = (amount: string): string => amount.replace(/\.?0+$/, '');

const orderCommandsOf = ([event]: readonly OrderEvent[]): readonly Wish<OrderCommand>[] => {
  switch (event?.type) {
    case 'OrderCreated': {
      const { createdAt: _createdAt, ...order } = event.data;
      return [{ type: 'CreateOrder', ...order }];
    }
    case 'OrderConfirmed':
      return [{ type: 'ConfirmOrder' }];
    case 'OrderCancelled':
      return [{ type: 'CancelOrder', reason: event.data.reason }];
    case 'ReturnAccepted': {
      const { worth: _worth, ...wish } = event.data;
      return [{ type: 'AcceptReturn', ...wish }];
    }
    case 'ReturnReleased':
      return [{ type: 'ReleaseReturn', returnId: event.data.returnId, reason: event.data.reason }];
    case undefined:
      return [];
  }
};

const returnCommandsOf = ([event]: readonly ReturnEvent[]): readonly Wish<ReturnCommand>[] => {
  if (!event) return [];
  const { returnId, orderId, customerId, country, registeredAt, currency, lines: priced } = event.data;
  const lines = priced.map(({ lineId: _lineId, amount: _amount, unitPrice: amount, ...line }) => ({
    ...line,
    unitPrice: { amount, currency },
  }));
  const now = { type: 'RegisterReturn', returnId, orderId, customerId, country, lines } as const;
  return [{ ...now, registeredAt }, now];
};

const subjectCommandsOf = ([event]: readonly SubjectEvent[]): readonly Wish<ForgetSubject>[] =>
  event ? [{ type: 'ForgetSubject', subject: event.data.subject, reason: event.data.reason }] : [];

/** What a cart cannot know by itself (that its order's id is taken) is not decided again. */
export const rehearsedAggregates: readonly RehearsedAggregate[] = [
  rehearsed({ category: CART, decider: cartDecider, catalogue: cartCatalogue, commandsOf: cartCommandsOf }),
  rehearsed({ category: ORDER, decider: orderDecider, catalogue: orderCatalogue, commandsOf: orderCommandsOf }),
  rehearsed({ category: RETURN, decider: returnDecider, catalogue: returnCatalogue, commandsOf: returnCommandsOf }),
  rehearsed({ category: SUBJECT, decider: subjectDecider, catalogue: subjectCatalogue, commandsOf: subjectCommandsOf }),
];
