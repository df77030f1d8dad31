import { describe, expect, it } from '@jest/globals';
import { fold } from '@ledgerline/es-core';
import type { PaymentEvent } from '@ledgerline/events';
import { payment } from './payment.aggregate.js';
import { paymentView } from './payment.view.js';

const orderId = 'o-1';
const pounds = (amount: string) => ({ amount, currency: 'GBP' });
const amount = pounds('15.30');
const expiresAt = '2026-01-01T12:30:00.000Z';
const requested: PaymentEvent = {
  type: 'PaymentRequested',
  data: { paymentId: orderId, orderId, customerId: '17850', amount, expiresAt },
};
const attempted: PaymentEvent = { type: 'PaymentAttempted', data: { orderId, attempt: 1, method: 'tok_ok', amount } };
const processed: PaymentEvent = {
  type: 'PaymentProcessed',
  data: { orderId, attempt: 1, amount, reference: 'ref-1' },
};
const declined: PaymentEvent = {
  type: 'PaymentDeclined',
  data: { orderId, attempt: 1, reason: 'no funds', final: false },
};
const cancelled: PaymentEvent = { type: 'PaymentCancelled', data: { orderId, reason: 'too late' } };
const expired: PaymentEvent = { type: 'PaymentExpired', data: { orderId } };
const refunded = (value: string): PaymentEvent => ({
  type: 'PaymentRefunded',
  data: {
    paymentId: orderId,
    orderId,
    refundId: `r-${value}`,
    amount: pounds(value),
    reason: 'return',
    outcomeFollows: true,
  },
});

const view = (...events: readonly PaymentEvent[]) => paymentView(fold(payment, events));

describe('the view of a payment', () => {
  it.each([
    ['requested', '0.00', '0.00', [requested]],
    ['processing', '0.00', '0.00', [requested, attempted]],
    ['declined', '0.00', '0.00', [requested, attempted, declined]],
    ['processed', '15.30', '0.00', [requested, attempted, processed]],
    ['processed', '15.30', '5.30', [requested, attempted, processed, refunded('5.30')]],
    ['refunded', '15.30', '15.30', [requested, attempted, processed, refunded('5.30'), refunded('10.00')]],
    ['cancelled', '0.00', '0.00', [requested, cancelled]],
    ['cancelled', '15.30', '15.30', [requested, attempted, cancelled, processed, refunded('15.30')]],
    ['expired', '0.00', '0.00', [requested, attempted, expired, declined]],
  ] as const)('is %s with %s paid and %s given back', (status, paid, back, events) => {
    expect(view(...events)).toMatchObject({ status, amount, paid: pounds(paid), refunded: pounds(back) });
  });

  it('lists attempts with their outcomes, and until when it may be paid', () => {
    expect(view(requested, attempted, declined)).toMatchObject({
      ...{ paymentId: orderId, orderId, expiresAt },
      attempts: [{ attempt: 1, method: 'tok_ok', outcome: 'declined', reason: 'no funds' }],
    });
  });

  it('is not there before anything happened', () => {
    expect(view()).toBeUndefined();
  });

  it('says why an order is not to be paid that was cancelled before its payment was requested', () => {
    expect(view(cancelled)).toEqual({
      ...{ paymentId: orderId, orderId, status: 'cancelled', reason: 'too late', attempts: [], refunds: [] },
    });
  });

  it('shows what a return without an order gave back', () => {
    const data = { paymentId: 'C1', returnId: 'C1', refundId: 'r-1', amount, reason: 'return' } as const;
    const event = (outcomeFollows: boolean): PaymentEvent => ({
      ...{ type: 'PaymentRefunded', data: { ...data, outcomeFollows } },
    });
    const paidOut: PaymentEvent = { type: 'RefundPaidOut', data: { paymentId: 'C1', refundId: 'r-1', amount } };
    const refunds = (...events: readonly PaymentEvent[]) => view(...events)?.refunds;
    expect(view(event(true))).toMatchObject({ paymentId: 'C1', status: 'refunded', refunded: amount, attempts: [] });
    expect(refunds(event(true))).toEqual([{ ...data, paidOut: false }]);
    expect(refunds(event(true), paidOut)).toEqual([{ ...data, paidOut: true }]);
    // Whether that was paid out was not recorded then.
    expect(refunds(event(false))).toEqual([data]);
  });
});
