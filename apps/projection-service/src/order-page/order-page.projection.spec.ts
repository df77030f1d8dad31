import { describe, expect, it } from '@jest/globals';
import type { Recorded } from '@ledgerline/es-core';
import { permutedInterleavings, givenProjection, recorded } from '@ledgerline/es-testing';
import {
  type OrderCancelled,
  type OrderEvent,
  type OrdersEvent,
  orderEvents,
  type PaymentEvent,
  paymentEvents,
} from '@ledgerline/events';
import { orderPage } from './order-page.projection.js';
import { orderPageView } from './order-page.view.js';

type PageEvent = OrdersEvent | PaymentEvent;

const placedAt = '2010-12-01T08:26:00.000Z';
const createdAt = '2010-12-01T08:30:00.000Z';
const at = '2026-01-01T12:00:00.000Z';
const orderId = 'o-1';
const amount = { amount: '15.30', currency: 'GBP' };
const nothing = { amount: '0.00', currency: 'GBP' };
const lines = [{ lineId: '1', sku: 'A', quantity: 6, unitPrice: '2.55', amount: '15.30' }];
const ordered = {
  ...{ orderId, customerId: '17850', country: 'EIRE', placedAt, currency: 'GBP', lines, total: '15.30' },
};
const created: OrderEvent = { type: 'OrderCreated', data: { ...ordered, cartId: 'c-1', createdAt } };
const confirmed: OrderEvent = { type: 'OrderConfirmed', data: { ...ordered, confirmedAt: at } };
const cancelled: OrderCancelled = {
  type: 'OrderCancelled',
  data: { ...ordered, cancelledAt: at, reason: 'too late', wasConfirmed: true },
};
const returned = (returnId: string, order?: string): OrdersEvent => ({
  type: 'ReturnRegistered',
  data: {
    ...{ returnId, customerId: '17850', country: 'EIRE', registeredAt: at, currency: 'GBP', lines, total: '15.30' },
    ...(order === undefined ? {} : { orderId: order }),
  },
});
const expiresAt = '2026-01-01T12:30:00.000Z';
const requested: PaymentEvent = {
  type: 'PaymentRequested',
  data: { paymentId: orderId, orderId, customerId: '17850', amount, expiresAt },
};
const attempted = (attempt: number): PaymentEvent => ({
  type: 'PaymentAttempted',
  data: { orderId, attempt, method: 'tok_ok', amount },
});
const declined: PaymentEvent = {
  type: 'PaymentDeclined',
  data: { orderId, attempt: 1, reason: 'no funds', final: false },
};
const processed: PaymentEvent = { type: 'PaymentProcessed', data: { orderId, attempt: 2, amount, reference: 'r' } };
const refunded = (value: string): PaymentEvent => ({
  type: 'PaymentRefunded',
  data: {
    paymentId: orderId,
    orderId,
    refundId: value,
    amount: { ...amount, amount: value },
    reason: 'return',
    outcomeFollows: true,
  },
});
const paid = [requested, attempted(1), declined, attempted(2), processed];

/** The events as one partition of a topic holds them. */
const inPartition = (topic: string, partition: number, events: readonly PageEvent[]): readonly Recorded<PageEvent>[] =>
  events.map((event, i) => recorded<PageEvent>(event, { topic, partition, ordinal: i + 2 }));
const orders = (partition: number, ...events: readonly PageEvent[]) =>
  inPartition(orderEvents.topic, partition, events);
const payments = (...events: readonly PageEvent[]) => inPartition(paymentEvents.topic, 0, events);

const confirmedPage = {
  orderId,
  status: 'confirmed',
  customerId: '17850',
  country: 'EIRE',
  placedAt,
  order: { ...ordered, createdAt, status: 'confirmed', confirmedAt: at },
} as const;

describe('the order page', () => {
  it('is found by the one form of its country', () => {
    const written = { ...ordered, country: 'Curac\u0327ao' };
    const order: OrderEvent = { type: 'OrderCreated', data: { ...written, cartId: 'c-1', createdAt } };
    givenProjection(orderPage, ...orders(0, order)).then({
      [orderId]: {
        ...{ orderId, status: 'created', customerId: '17850', country: 'Cura\u00e7ao', placedAt },
        order: { ...written, createdAt, status: 'created' },
      },
    });
  });

  it('shows how far the order has come', () => {
    givenProjection(orderPage, ...orders(0, created)).then({
      [orderId]: {
        ...{ orderId, status: 'created', customerId: '17850', country: 'EIRE', placedAt },
        order: { ...ordered, createdAt, status: 'created' },
      },
    });
    givenProjection(orderPage, ...orders(0, created, confirmed)).then({ [orderId]: confirmedPage });
    givenProjection(orderPage, ...orders(0, created, confirmed, cancelled)).then({
      [orderId]: {
        ...{ ...confirmedPage, status: 'cancelled' },
        order: { ...confirmedPage.order, status: 'cancelled', cancelledAt: at, reason: 'too late' },
      },
    });
  });

  it('shows the payment with its attempts', () => {
    givenProjection(orderPage, ...payments(...paid)).then({
      [orderId]: {
        orderId,
        payment: {
          ...{ status: 'processed', amount, paid: amount, refunded: nothing, expiresAt },
          attempts: [
            { attempt: 1, method: 'tok_ok', outcome: 'declined', reason: 'no funds' },
            { attempt: 2, method: 'tok_ok', outcome: 'processed' },
          ],
        },
      },
    });
  });

  it.each([
    ['processed', '5.30', [...paid, refunded('5.30')]],
    ['refunded', '15.30', [...paid, refunded('5.30'), refunded('10.00')]],
    ['expired', '0.00', [requested, { type: 'PaymentExpired', data: { orderId } }]],
    [
      'cancelled',
      '15.30',
      [
        requested,
        attempted(1),
        { type: 'PaymentCancelled', data: { orderId, reason: 'late' } },
        { type: 'PaymentProcessed', data: { orderId, attempt: 1, amount, reference: 'r' } },
        refunded('15.30'),
      ],
    ],
  ] satisfies readonly (readonly [string, string, readonly PaymentEvent[]])[])(
    'shows a payment that is %s with %s given back',
    (status, value, events) => {
      const page = permutedInterleavings(orderPage, [payments(...events)], { seed: 1, runs: 0 }).get(orderId);
      expect(page?.payment).toMatchObject({ status, refunded: { amount: value, currency: 'GBP' } });
    },
  );

  it('shows a payment that was called off before it was requested', () => {
    givenProjection(orderPage, ...payments({ type: 'PaymentCancelled', data: { orderId, reason: 'late' } })).then({
      [orderId]: {
        ...{ orderId, payment: { status: 'cancelled', attempts: [] } },
      },
    });
  });

  it('comes out the same in whatever order its partitions come in', () => {
    const partitions = [
      orders(0, created, confirmed, cancelled),
      orders(1, returned('r-2', orderId)),
      orders(2, returned('r-1', orderId)),
      payments(...paid, refunded('15.30')),
    ];
    const page = permutedInterleavings(orderPage, partitions, { seed: 20_101_201, runs: 500 }).get(orderId);
    expect(page && orderPageView(page)).toMatchObject({
      ...{ status: 'cancelled', payment: { status: 'refunded' } },
      returns: [{ returnId: 'r-1' }, { returnId: 'r-2' }],
    });
  });

  it('shows returns as they are registered, whatever the order has said of them', () => {
    const worth = { total: '5.10', products: [{ sku: 'A', amount: '5.10' }] };
    const { customerId, country, currency } = ordered;
    const accepted: OrderEvent = {
      type: 'ReturnAccepted',
      data: { commandId: 'k', returnId: 'r-1', orderId, customerId, country, lines: [], worth },
    };
    const { data } = cancelled;
    const released: OrderEvent = {
      type: 'ReturnReleased',
      data: { orderId, customerId, country, currency, returnId: 'r-1', reason: 'return-exists' },
    };
    const cancelledAfter: OrderEvent = { type: 'OrderCancelled', data: { ...data, returned: worth } };
    givenProjection(orderPage, ...orders(0, created, confirmed, accepted, released, cancelledAfter)).then({
      [orderId]: {
        ...{ ...confirmedPage, status: 'cancelled' },
        order: { ...confirmedPage.order, status: 'cancelled', cancelledAt: at, reason: 'too late' },
      },
    });
    givenProjection(orderPage, ...orders(0, accepted, released)).thenOnly({});
  });

  it('is not made by carts, nor by returns and refunds that name no order', () => {
    const refund = { paymentId: 'C1', returnId: 'C1', refundId: 'r-1', amount, reason: 'return' } as const;
    givenProjection(
      orderPage,
      ...orders(0, { type: 'CartCheckedOut', data: { ...ordered, cartId: 'c-1' } }, returned('C1')),
      ...payments({ type: 'PaymentRefunded', data: { ...refund, outcomeFollows: true } }),
    ).thenOnly({});
  });
});

describe('the view of an order page', () => {
  it('is not there until the order itself has come in', () => {
    expect(orderPageView({ orderId, returns: [], payment: { status: 'requested', attempts: [] } })).toBeUndefined();
  });

  it('shows the order with what belongs to it', () => {
    expect(orderPageView(confirmedPage)).toEqual({ ...confirmedPage.order, returns: [] });
  });
});
