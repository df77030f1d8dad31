import { describe, expect, it } from '@jest/globals';
import type { Recorded } from '@ledgerline/es-core';
import { permutedInterleavings, givenProjection, recorded } from '@ledgerline/es-testing';
import { type OrdersEvent, orderEvents } from '@ledgerline/events';
import { customerDashboard, type DashboardOrder } from './customer-dashboard.projection.js';
import { customerDashboardView } from './customer-dashboard.view.js';

const { topic } = orderEvents;
const customerId = '17850';
const at = '2026-01-01T12:00:00.000Z';

const day = (n: number): string => `2010-12-${String(n).padStart(2, '0')}T08:26:00.000Z`;
const data = (n: number, currency = 'GBP', placedAt = day(n)) => ({
  ...{ orderId: `o-${n}`, customerId, country: 'EIRE', placedAt, currency, total: '10.00' },
  lines: [{ lineId: '1', sku: 'A', quantity: 1, unitPrice: '10.00', amount: '10.00' }],
});
type Data = ReturnType<typeof data>;
const created = (order: Data): OrdersEvent => ({
  type: 'OrderCreated',
  data: { ...order, cartId: 'c', createdAt: order.placedAt },
});
const confirmed = (order: Data): OrdersEvent => ({ type: 'OrderConfirmed', data: { ...order, confirmedAt: at } });
const cancelled = (order: Data, wasConfirmed: boolean, back?: string): OrdersEvent => ({
  type: 'OrderCancelled',
  data: { ...order, cancelledAt: at, reason: 'late', wasConfirmed, ...(back && { returned: amounts(back) }) },
});
const amounts = (total: string) => ({ total, products: [{ sku: 'A', amount: total }] });
const accepted = ({ orderId }: Data, returnId: string, total: string): OrdersEvent => ({
  type: 'ReturnAccepted',
  data: { commandId: returnId, returnId, orderId, customerId, country: 'EIRE', lines: [], worth: amounts(total) },
});
const released = ({ orderId, currency }: Data, returnId: string, leftOut?: string): OrdersEvent => ({
  type: 'ReturnReleased',
  data: {
    ...{ orderId, customerId, country: 'EIRE', currency, returnId, reason: 'return-exists' },
    ...(leftOut && { refund: { cancelledAt: at, ...amounts(leftOut) } }),
  },
});
const returned = (returnId: string, total: string, currency = 'GBP'): OrdersEvent => ({
  type: 'ReturnRegistered',
  data: { returnId, customerId, country: 'EIRE', registeredAt: at, currency, lines: [], total },
});
const inPartition = (partition: number, events: readonly OrdersEvent[]): readonly Recorded<OrdersEvent>[] =>
  events.map((event, i) => recorded<OrdersEvent>(event, { topic, partition, ordinal: i + 2 }));
const row = (n: number, status: DashboardOrder['status'], placedAt = day(n)): DashboardOrder => ({
  ...{ orderId: `o-${n}`, status, placedAt, currency: 'GBP', total: '10.00' },
});
const pounds = (spent: string, refunded: string) => ({ currency: 'GBP', spent, refunded });

describe('the customer dashboard', () => {
  it('counts an order when it is created, and its money when it is confirmed', () => {
    givenProjection(customerDashboard, ...inPartition(0, [created(data(1))])).then({
      [customerId]: {
        ...{ customerId, orders: [row(1, 'created')], ordersCount: 1, money: [], lastOrderAt: day(1) },
      },
    });
    givenProjection(customerDashboard, ...inPartition(0, [created(data(1)), confirmed(data(1))])).then({
      [customerId]: {
        ...{ customerId, orders: [row(1, 'confirmed')], ordersCount: 1, lastOrderAt: day(1) },
        money: [pounds('10.00', '0.00')],
      },
    });
  });

  it('counts as refunded what was returned, and a paid order that is cancelled', () => {
    // That return names no order.
    const order = [created(data(1)), confirmed(data(1)), returned('C1', '2.50'), cancelled(data(1), true)];
    givenProjection(customerDashboard, ...inPartition(0, order)).then({
      [customerId]: {
        ...{ customerId, orders: [row(1, 'cancelled')], ordersCount: 1, lastOrderAt: day(1) },
        money: [pounds('10.00', '12.50')],
      },
    });
  });

  it.each([
    ['2.50', [returned('C1', '2.50'), cancelled(data(1), true, '2.50')]],
    ['10.00', [returned('C1', '2.50'), returned('C2', '7.50'), cancelled(data(1), true, '10.00')]],
    ['2.50, and was released', [cancelled(data(1), true, '2.50'), released(data(1), 'C1', '2.50')]],
  ])('counts an order once that is cancelled after %s came back', (_, events) => {
    const history = [created(data(1)), confirmed(data(1)), accepted(data(1), 'C1', '2.50'), ...events];
    givenProjection(customerDashboard, ...inPartition(0, history)).then({
      [customerId]: {
        ...{ customerId, orders: [row(1, 'cancelled')], ordersCount: 1, lastOrderAt: day(1) },
        money: [pounds('10.00', '10.00')],
      },
    });
  });

  it('knows nothing of returns that orders accept, or release before they are cancelled', () => {
    givenProjection(
      customerDashboard,
      ...inPartition(0, [accepted(data(1), 'C1', '2.50'), released(data(1), 'C1')]),
    ).thenOnly({});
  });

  it('counts no money of an order that was cancelled before it was paid', () => {
    givenProjection(customerDashboard, ...inPartition(0, [created(data(1)), cancelled(data(1), false)])).then({
      [customerId]: {
        ...{ customerId, orders: [row(1, 'cancelled')], ordersCount: 1, money: [], lastOrderAt: day(1) },
      },
    });
  });

  it('knows somebody who only sent something back', () => {
    givenProjection(customerDashboard, ...inPartition(0, [returned('C1', '2.50')])).then({
      [customerId]: {
        ...{ customerId, orders: [], ordersCount: 0, money: [pounds('0.00', '2.50')], lastOrderAt: null },
      },
    });
  });

  it('lists orders of the same instant by id', () => {
    const events = [2, 1].map((n) => created(data(n, 'GBP', day(1))));
    const documents = permutedInterleavings(customerDashboard, [inPartition(0, events)], { seed: 1, runs: 0 });
    expect(documents.get(customerId)?.orders.map(({ orderId }) => orderId)).toEqual(['o-1', 'o-2']);
  });

  it('never adds amounts of two currencies', () => {
    const events = [1, 2]
      .flatMap((n) => [data(n, 'GBP'), data(n + 2, 'EUR')])
      .flatMap((d) => [created(d), confirmed(d)]);
    const documents = permutedInterleavings(customerDashboard, [inPartition(0, events)], { seed: 1, runs: 0 });
    expect(documents.get(customerId)?.money).toEqual([
      { currency: 'EUR', spent: '20.00', refunded: '0.00' },
      { currency: 'GBP', spent: '20.00', refunded: '0.00' },
    ]);
  });

  it('keeps the newest 20 orders and all sums, in whatever order the partitions come in', () => {
    const life = (n: number): readonly OrdersEvent[] => {
      const order = data(n, n % 5 === 0 ? 'EUR' : 'GBP');
      const ended =
        n % 3 === 0
          ? [confirmed(order), accepted(order, `C${n}`, '1.00'), cancelled(order, true, '1.00')]
          : n % 3 === 1
            ? [confirmed(order)]
            : [];
      return [created(order), ...ended];
    };
    const numbers = Array.from({ length: 28 }, (_, i) => i + 1);
    // A return lies in another partition than its order: it may come before it, or after the order was cancelled.
    const partitions = [0, 1, 2, 3].map((p) =>
      inPartition(p, [
        ...numbers.filter((n) => n % 4 === p).flatMap(life),
        ...numbers.filter((n) => (n + 1) % 4 === p).map((n) => returned(`C${n}`, '1.00', n % 5 === 0 ? 'EUR' : 'GBP')),
      ]),
    );
    const dashboard = permutedInterleavings(customerDashboard, partitions, { seed: 20_101_201, runs: 300 }).get(
      customerId,
    );
    expect(dashboard?.orders.map(({ orderId }) => orderId)).toEqual(
      Array.from({ length: 20 }, (_, i) => `o-${28 - i}`),
    );
    expect(dashboard).toMatchObject({ ordersCount: 28, lastOrderAt: day(28) });
    expect(dashboard?.money).toEqual([
      // 5, 10, 15, 20, 25: 15 was cancelled, 5 and 20 never paid.
      { currency: 'EUR', spent: '30.00', refunded: '14.00' },
      pounds('160.00', '95.00'),
    ]);
  });
});

describe('the view of a customer dashboard', () => {
  const dashboard = {
    ...{ customerId, orders: [], ordersCount: 2, lastOrderAt: null },
    money: [{ currency: 'EUR', spent: '1.00', refunded: '0.50' }, pounds('10.00', '2.50')],
  };

  it('is in pounds unless another currency is asked for', () => {
    const rest = { customerId, orders: [], ordersCount: 2, lastOrderAt: null };
    expect(customerDashboardView(dashboard)).toEqual({ ...rest, ...pounds('10.00', '2.50') });
    expect(customerDashboardView(dashboard, 'EUR')).toMatchObject({ currency: 'EUR', spent: '1.00', refunded: '0.50' });
    expect(customerDashboardView(dashboard, 'JPY')).toMatchObject({ currency: 'JPY', spent: '0', refunded: '0' });
  });
});
