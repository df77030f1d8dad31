import { describe, expect, it } from '@jest/globals';
import { fold } from '@ledgerline/es-core';
import { given as givenEvents } from '@ledgerline/es-testing';
import type { OrderEvent } from '@ledgerline/events';
import { order } from './order.aggregate.js';
import { orderView } from './order.view.js';

const given = (...events: readonly OrderEvent[]) => givenEvents(order, ...events);
const at = '2026-01-01T00:00:00.000Z';
const placedAt = '2010-12-01T08:26:00.000Z';

const ordered = {
  ...{ orderId: 'o-1', customerId: '17850', country: 'EIRE', placedAt, currency: 'GBP', total: '15.30' },
  lines: [{ lineId: '1', sku: 'A', quantity: 6, unitPrice: '2.55', amount: '15.30' }],
};
const create = { type: 'CreateOrder', ...ordered, cartId: 'c-1' } as const;
const created: OrderEvent = { type: 'OrderCreated', data: { ...ordered, cartId: 'c-1', createdAt: at } };
const confirmed: OrderEvent = { type: 'OrderConfirmed', data: { ...ordered, confirmedAt: at } };
const cancelled = (wasConfirmed: boolean): OrderEvent => ({
  type: 'OrderCancelled',
  data: { ...ordered, cancelledAt: at, reason: 'too late', wasConfirmed },
});
const confirm = { type: 'ConfirmOrder' } as const;
const cancel = { type: 'CancelOrder', reason: 'too late' } as const;

describe('an order', () => {
  it('is created once', () => {
    given().when(create).then(created);
    given(created).when(create).thenRejected('order-exists');
    given(created, cancelled(false)).when(create).thenRejected('order-exists');
  });

  it('is confirmed with everything that was ordered', () => {
    given(created).when(confirm).then(confirmed);
  });

  it('takes a repeated confirmation without recording it again', () => {
    given(created, confirmed).when(confirm).thenNothing();
  });

  it('is not confirmed before it exists or after it was cancelled', () => {
    given().when(confirm).thenRejected('order-not-found');
    given(created, cancelled(false)).when(confirm).thenRejected('order-cancelled');
    given(created, confirmed, cancelled(true)).when(confirm).thenRejected('order-cancelled');
  });

  it('is cancelled before and after it was paid, and says which', () => {
    given(created).when(cancel).then(cancelled(false));
    given(created, confirmed).when(cancel).then(cancelled(true));
  });

  it('takes a repeated cancellation without recording it again', () => {
    given(created, cancelled(false))
      .when({ ...cancel, reason: 'again' })
      .thenNothing();
  });

  it('cannot be cancelled before it exists', () => {
    given().when(cancel).thenRejected('order-not-found');
  });

  it('wants a reason', () => {
    expect(order.commands.CancelOrder.safeParse({ reason: '' }).error?.issues[0]?.message).toContain('1 to 500');
    expect(order.commands.CancelOrder.safeParse({ reason: 'x', force: true }).success).toBe(false);
  });
});

describe('the view of an order', () => {
  const view = (...events: readonly OrderEvent[]) => orderView(fold(order, events));

  it('shows what was ordered and how far it came', () => {
    expect(view()).toBeUndefined();
    expect(view(created)).toEqual({ ...ordered, cartId: 'c-1', createdAt: at, status: 'created' });
    expect(view(created, confirmed)).toEqual({
      ...ordered,
      cartId: 'c-1',
      createdAt: at,
      status: 'confirmed',
      confirmedAt: at,
    });
    expect(view(created, confirmed, cancelled(true))).toEqual({
      ...{ ...ordered, cartId: 'c-1', createdAt: at, status: 'cancelled' },
      ...{ cancelledAt: at, reason: 'too late', wasConfirmed: true },
    });
  });
});
