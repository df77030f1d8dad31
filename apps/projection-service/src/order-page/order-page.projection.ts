import { ignoreUnknown, type Projection } from '@ledgerline/es-core';
import {
  keyText,
  type OrderCancelled,
  type OrderConfirmed,
  type OrderCreated,
  type OrdersEvent,
  ordersTopic,
  type PaymentEvent,
  paymentsTopic,
} from '@ledgerline/events';
import { orderPageIndexes } from './order-page.indexes.js';
import { paymentAfter, type PaymentSection } from './payment-section.js';
import { type ReturnSection, withReturn } from './return-section.js';

export type OrderStatus = 'created' | 'confirmed' | 'cancelled';

export type OrderSection = Omit<OrderCreated['data'], 'cartId' | 'createdAt'> & {
  readonly status: OrderStatus;
  readonly createdAt?: string;
  readonly confirmedAt?: string;
  readonly cancelledAt?: string;
  readonly reason?: string;
};

/**
 * All that happened to one order. Each section is fed by streams of its own, so the sections come in in any order; each is
 * folded without looking at the others.
 */
export type OrderPage = {
  readonly orderId: string;
  readonly order?: OrderSection;
  readonly payment?: PaymentSection;
  /** By return id. */
  readonly returns?: readonly ReturnSection[];
  /** Copies out of the order's section, for queries; absent until it exists. */
  readonly status?: OrderStatus;
  readonly customerId?: string;
  readonly placedAt?: string;
  readonly country?: string;
};

export const orderPage: Projection<OrdersEvent | PaymentEvent, OrderPage> = {
  name: 'order-page',
  revision: 4,
  topics: [ordersTopic.topic, paymentsTopic.topic],
  indexes: orderPageIndexes,

  documents(event) {
    switch (event.type) {
      case 'OrderCreated':
      case 'OrderConfirmed':
      case 'OrderCancelled':
      case 'PaymentRequested':
      case 'PaymentAttempted':
      case 'PaymentProcessed':
      case 'PaymentDeclined':
      case 'PaymentCancelled':
      case 'PaymentExpired':
        return [event.data.orderId];
      case 'ReturnRegistered':
      case 'PaymentRefunded':
        return event.data.orderId === undefined ? [] : [event.data.orderId];
      case 'ItemAddedToCart':
      case 'QuantityChanged':
      case 'ItemRemovedFromCart':
      case 'CartCheckedOut':
      case 'CartReopened':
      case 'ReturnAccepted':
      case 'ReturnReleased':
      case 'RefundPaidOut':
        return [];
      default:
        return ignoreUnknown(event, []);
    }
  },

  project(page, event, orderId) {
    const before = page ?? { orderId };
    switch (event.type) {
      case 'OrderCreated':
      case 'OrderConfirmed':
      case 'OrderCancelled':
        return { ...before, ...withOrder(before.order, event) };
      case 'ReturnRegistered':
        return { ...before, returns: withReturn(before.returns ?? [], event.data) };
      case 'PaymentRequested':
      case 'PaymentAttempted':
      case 'PaymentProcessed':
      case 'PaymentDeclined':
      case 'PaymentCancelled':
      case 'PaymentExpired':
      case 'PaymentRefunded':
        return { ...before, payment: paymentAfter(before.payment, event) };
      case 'ItemAddedToCart':
      case 'QuantityChanged':
      case 'ItemRemovedFromCart':
      case 'CartCheckedOut':
      case 'CartReopened':
      case 'ReturnAccepted':
      case 'ReturnReleased':
      case 'RefundPaidOut':
        return page;
      default:
        return ignoreUnknown(event, page);
    }
  },
};

type OrderProgress = OrderCreated | OrderConfirmed | OrderCancelled;

const withOrder = (before: OrderSection | undefined, event: OrderProgress): Partial<OrderPage> => {
  const order = orderAfter(before, event);
  const { status, customerId, placedAt, country } = order;
  return { order, status, customerId, placedAt, country: keyText(country) };
};

// Every event of an order says everything that was ordered.
const orderAfter = (before: OrderSection | undefined, event: OrderProgress): OrderSection => {
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
