import { ignoreUnknown, type Projection } from '@ledgerline/es-core';
import {
  minus,
  type OrderCancelled,
  type OrderConfirmed,
  type OrderCreated,
  type OrdersEvent,
  ordersTopic,
} from '@ledgerline/events';
import { type MoneySpent, withMoney } from './money-spent.js';

export type DashboardOrder = {
  readonly orderId: string;
  readonly status: 'created' | 'confirmed' | 'cancelled';
  readonly placedAt: string;
  readonly currency: string;
  readonly total: string;
};

export type CustomerDashboard = {
  readonly customerId: string;
  /** The newest 20 by `placedAt`, newest first; of the same instant by id. */
  readonly orders: readonly DashboardOrder[];
  /** All that were ever created, cancelled ones too. */
  readonly ordersCount: number;
  /** A row per currency, by currency: amounts of two currencies are never added. */
  readonly money: readonly MoneySpent[];
  /** `placedAt` of the newest order; null for somebody who only sent something back. */
  readonly lastOrderAt: string | null;
};

const NEWEST = 20;

/**
 * A customer's orders at a glance. They lie in many partitions and come in any order; only the events of one order are in
 * order. Which 20 orders are the newest does not depend on the order they are seen in.
 */
export const customerDashboard: Projection<OrdersEvent, CustomerDashboard> = {
  name: 'customer-dashboard',
  revision: 2,
  topics: [ordersTopic.topic],
  indexes: [],

  documents(event) {
    switch (event.type) {
      case 'OrderCreated':
      case 'OrderConfirmed':
      case 'OrderCancelled':
      case 'ReturnRegistered':
        return [event.data.customerId];
      case 'ReturnReleased':
        return event.data.refund ? [event.data.customerId] : [];
      case 'ItemAddedToCart':
      case 'QuantityChanged':
      case 'ItemRemovedFromCart':
      case 'CartCheckedOut':
      case 'CartReopened':
      case 'ReturnAccepted':
        return [];
      default:
        return ignoreUnknown(event, []);
    }
  },

  project(dashboard, event, customerId) {
    const before = dashboard ?? { customerId, orders: [], ordersCount: 0, money: [], lastOrderAt: null };
    switch (event.type) {
      case 'OrderCreated':
        return { ...withOrder(before, event, 'created'), ordersCount: before.ordersCount + 1 };
      case 'OrderConfirmed':
        return { ...withOrder(before, event, 'confirmed'), money: withMoney(before.money, 'spent', event.data) };
      case 'OrderCancelled': {
        const cancelled = withOrder(before, event, 'cancelled');
        return event.data.wasConfirmed
          ? { ...cancelled, money: withMoney(before.money, 'refunded', leftOf(event.data)) }
          : cancelled;
      }
      case 'ReturnReleased': {
        const { refund, currency } = event.data;
        return refund
          ? { ...before, money: withMoney(before.money, 'refunded', { currency, total: refund.total }) }
          : dashboard;
      }
      case 'ReturnRegistered':
        return { ...before, money: withMoney(before.money, 'refunded', event.data) };
      case 'ItemAddedToCart':
      case 'QuantityChanged':
      case 'ItemRemovedFromCart':
      case 'CartCheckedOut':
      case 'CartReopened':
      case 'ReturnAccepted':
        return dashboard;
      default:
        return ignoreUnknown(event, dashboard);
    }
  },
};

/** What goes back by the cancellation itself: the returns before it are counted as what they are. */
const leftOf = ({ currency, total, returned }: OrderCancelled['data']): { currency: string; total: string } => ({
  currency,
  total: returned ? minus(total, returned.total, currency) : total,
});

// An order that is no longer among the newest is put back and falls out again.
const withOrder = (
  dashboard: CustomerDashboard,
  { data }: OrderCreated | OrderConfirmed | OrderCancelled,
  status: DashboardOrder['status'],
): CustomerDashboard => {
  const { orderId, placedAt, currency, total } = data;
  const others = dashboard.orders.filter((order) => order.orderId !== orderId);
  const orders = [...others, { orderId, status, placedAt, currency, total }].sort(newestFirst).slice(0, NEWEST);
  return { ...dashboard, orders, lastOrderAt: orders[0]?.placedAt ?? null };
};

const newestFirst = (a: DashboardOrder, b: DashboardOrder): number => {
  if (a.placedAt !== b.placedAt) return a.placedAt > b.placedAt ? -1 : 1;
  return a.orderId < b.orderId ? -1 : 1;
};
