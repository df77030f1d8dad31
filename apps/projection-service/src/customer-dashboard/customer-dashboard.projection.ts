import { defineProjection, type Immutable } from '@ledgerline/es-core';
import {
  minus,
  type OrderCancelled,
  type OrderConfirmed,
  type OrderCreated,
  orderEvents,
  returnEvents,
  storedAmount,
  storedCurrency,
} from '@ledgerline/events';
import { z } from 'zod';
import { moneySpent, withMoney } from './money-spent.js';

export const dashboardOrder = z.object({
  orderId: z.string(),
  status: z.enum(['created', 'confirmed', 'cancelled']),
  placedAt: z.string(),
  currency: storedCurrency,
  total: storedAmount,
});
export type DashboardOrder = Immutable<z.output<typeof dashboardOrder>>;

const document = z.object({
  customerId: z.string(),
  /** The newest 20 by `placedAt`, newest first; of the same instant by id. */
  orders: z.array(dashboardOrder),
  /** All that were ever created, cancelled ones too. */
  ordersCount: z.int(),
  /** A row per currency, by currency: amounts of two currencies are never added. */
  money: z.array(moneySpent),
  /** `placedAt` of the newest order; null for somebody who only sent something back. */
  lastOrderAt: z.string().nullable(),
});
export type CustomerDashboard = Immutable<z.output<typeof document>>;

const NEWEST = 20;

const empty = (customerId: string): CustomerDashboard => ({
  ...{ customerId, orders: [], ordersCount: 0, money: [], lastOrderAt: null },
});

const ofCustomer = ({ data }: { readonly data: { readonly customerId: string } }): string => data.customerId;

/**
 * A customer's orders at a glance. They lie in many partitions and come in any order; only the events of one order are in
 * order. Which 20 orders are the newest does not depend on the order they are seen in.
 */
export const customerDashboard = defineProjection({
  ...{ name: 'customer-dashboard', revision: 2, from: [orderEvents, returnEvents], document },
  on: {
    OrderCreated: {
      document: ofCustomer,
      fold: (dashboard, event, customerId) => {
        const before = dashboard ?? empty(customerId);
        return { ...withOrder(before, event, 'created'), ordersCount: before.ordersCount + 1 };
      },
    },
    OrderConfirmed: {
      document: ofCustomer,
      fold: (dashboard, event, customerId) => {
        const before = dashboard ?? empty(customerId);
        return { ...withOrder(before, event, 'confirmed'), money: withMoney(before.money, 'spent', event.data) };
      },
    },
    OrderCancelled: {
      document: ofCustomer,
      fold: (dashboard, event, customerId) => {
        const before = dashboard ?? empty(customerId);
        const cancelled = withOrder(before, event, 'cancelled');
        return event.data.wasConfirmed
          ? { ...cancelled, money: withMoney(before.money, 'refunded', leftOf(event.data)) }
          : cancelled;
      },
    },
    ReturnRegistered: {
      document: ofCustomer,
      fold: (dashboard, { data }, customerId) => {
        const before = dashboard ?? empty(customerId);
        return { ...before, money: withMoney(before.money, 'refunded', data) };
      },
    },
    ReturnReleased: {
      document: ({ data }) => (data.refund ? data.customerId : []),
      fold: (dashboard, { data: { refund, currency } }, customerId) => {
        const before = dashboard ?? empty(customerId);
        return refund
          ? { ...before, money: withMoney(before.money, 'refunded', { currency, total: refund.total }) }
          : dashboard;
      },
    },
  },
});

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
