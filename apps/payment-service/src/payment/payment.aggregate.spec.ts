import { describe, expect, it } from '@jest/globals';
import type { CommandOf } from '@ledgerline/es-core';
import { given as givenOf } from '@ledgerline/es-testing';
import type { PaymentEvent, PaymentRefunded } from '@ledgerline/events';
import { payment } from './payment.aggregate.js';

type Command = CommandOf<typeof payment> & { readonly at: string };

const at = '2026-01-01T12:00:00.000Z';
const expiresAt = '2026-01-01T12:30:00.000Z';
const orderId = 'o-1';
const pounds = (amount: string) => ({ amount, currency: 'GBP' });
const amount = pounds('15.30');
const surroundings = { id: orderId, context: { payWithin: 1800 } };
const given = (...events: readonly PaymentEvent[]) => {
  const after = givenOf(payment, ...events);
  return { when: (command: Command) => after.when(command, surroundings) };
};

const request: Command = { type: 'RequestPayment', at, customerId: '17850', amount };
const requested: PaymentEvent = {
  type: 'PaymentRequested',
  data: { paymentId: orderId, orderId, customerId: '17850', amount, expiresAt },
};
const process = (when = at): Command => ({ type: 'ProcessPayment', at: when, method: 'tok_ok' });
const attempted = (attempt: number): PaymentEvent => ({
  type: 'PaymentAttempted',
  data: { orderId, attempt, method: 'tok_ok', amount },
});
const approve = (attempt: number): Command => ({
  ...{ type: 'RecordOutcome', at, attempt, outcome: 'processed', reference: 'ref-1' },
});
const decline = (attempt: number): Command => ({
  ...{ type: 'RecordOutcome', at, attempt, outcome: 'declined', reason: 'no funds' },
});
const processed = (attempt: number): PaymentEvent => ({
  type: 'PaymentProcessed',
  data: { orderId, attempt, amount, reference: 'ref-1' },
});
const declined = (attempt: number): PaymentEvent => ({
  type: 'PaymentDeclined',
  data: { orderId, attempt, reason: 'no funds', final: attempt === 3 },
});
const cancel: Command = { type: 'CancelPayment', at, reason: 'order cancelled' };
const cancelled: PaymentEvent = { type: 'PaymentCancelled', data: { orderId, reason: 'order cancelled' } };
const expire = (when = expiresAt): Command => ({ type: 'ExpirePayment', at: when });
const expired: PaymentEvent = { type: 'PaymentExpired', data: { orderId } };
const lateRefund = (attempt: number): PaymentEvent => ({
  type: 'PaymentRefunded',
  data: {
    paymentId: orderId,
    orderId,
    refundId: `attempt-${attempt}`,
    amount,
    reason: 'payment-ended',
    attempt,
    outcomeFollows: true,
  },
});
const threeDeclines = [1, 2, 3].flatMap((attempt) => [attempted(attempt), declined(attempt)]);
const paid = [requested, attempted(1), processed(1)];

describe('requesting a payment', () => {
  it('gives the customer time from the decision on', () => {
    given().when(request).then(requested);
  });

  it('records nothing when it is repeated, whatever has happened since', () => {
    given(requested).when(request).thenNothing();
    given(...paid)
      .when(request)
      .thenNothing();
    given(requested, cancelled).when(request).thenNothing();
  });
});

describe('an order that is cancelled', () => {
  it('before its payment was requested is never charged', () => {
    given().when(cancel).then(cancelled);
    given(cancelled).when(request).thenRejected('payment-cancelled');
    given(cancelled).when(process()).thenRejected('payment-cancelled');
    given(cancelled).when(cancel).thenNothing();
    given(cancelled).when(expire()).thenNothing();
  });

  it('after its payment was requested is never charged', () => {
    given(requested).when(cancel).then(cancelled);
    given(requested, cancelled).when(process()).thenRejected('payment-cancelled');
    given(requested, attempted(1), declined(1)).when(cancel).then(cancelled);
  });

  it('gets back what an attempt brings in that was already with the gateway', () => {
    given(requested, attempted(1)).when(cancel).then(cancelled);
    given(requested, attempted(1), cancelled).when(approve(1)).then(processed(1), lateRefund(1));
    given(requested, attempted(1), cancelled).when(decline(1)).then(declined(1));
  });

  it('has to be refunded when it was paid', () => {
    given(...paid)
      .when(cancel)
      .thenRejected('payment-already-processed');
  });

  it('is cancelled once', () => {
    given(requested, cancelled).when(cancel).thenNothing();
    given(requested, expired).when(cancel).thenNothing();
    given(requested, ...threeDeclines)
      .when(cancel)
      .thenNothing();
  });
});

describe('an attempt to pay', () => {
  it('is made one at a time', () => {
    given(requested).when(process()).then(attempted(1));
    given(requested, attempted(1)).when(process()).thenRejected('payment-in-progress');
  });

  it('follows a declined one until the third', () => {
    given(requested, attempted(1), declined(1)).when(process()).then(attempted(2));
    given(requested, ...threeDeclines)
      .when(process())
      .thenRejected('payment-declined');
  });

  it('needs a payment that is asked for and not paid', () => {
    given().when(process()).thenRejected('payment-not-requested');
    given(...paid)
      .when(process())
      .thenRejected('payment-already-processed');
  });

  it('comes too late from the very instant of expiry, even if nobody has recorded it', () => {
    given(requested).when(process('2026-01-01T12:29:59.999Z')).then(attempted(1));
    given(requested).when(process(expiresAt)).thenRejected('payment-expired');
    given(requested, expired).when(process()).thenRejected('payment-expired');
  });
});

describe('the outcome of an attempt', () => {
  it('is recorded', () => {
    given(requested, attempted(1)).when(approve(1)).then(processed(1));
    given(requested, attempted(1)).when(decline(1)).then(declined(1));
  });

  it('ends the payment when the third is declined', () => {
    given(requested, ...threeDeclines.slice(0, 5))
      .when(decline(3))
      .then(declined(3));
  });

  it('stands once it is recorded', () => {
    given(...paid)
      .when(approve(1))
      .thenNothing();
    given(...paid)
      .when(decline(1))
      .thenNothing();
    given(requested, attempted(1), cancelled, processed(1), lateRefund(1)).when(approve(1)).thenNothing();
  });

  it('belongs to an attempt that was made', () => {
    given().when(approve(1)).thenRejected('attempt-not-found');
    given(cancelled).when(approve(1)).thenRejected('attempt-not-found');
    given(requested, attempted(1)).when(approve(2)).thenRejected('attempt-not-found');
  });

  it('pays when it comes after the time was over and nobody had recorded that', () => {
    given(requested, attempted(1))
      .when({ ...approve(1), at: expiresAt })
      .then(processed(1));
  });

  it('is given back when it comes after the payment expired', () => {
    given(requested, attempted(1), expired).when(approve(1)).then(processed(1), lateRefund(1));
  });
});

describe('expiry', () => {
  it('ends an open payment when it is due', () => {
    given(requested).when(expire()).then(expired);
    given(requested, attempted(1)).when(expire()).then(expired);
    given(requested, attempted(1), declined(1)).when(expire()).then(expired);
    given(requested).when(expire('2026-01-01T12:29:59.999Z')).thenRejected('payment-not-due');
  });

  it('changes nothing where the payment has ended', () => {
    given(...paid)
      .when(expire())
      .thenNothing();
    given(requested, cancelled).when(expire()).thenNothing();
    given(requested, expired).when(expire()).thenNothing();
    given(requested, ...threeDeclines)
      .when(expire())
      .thenNothing();
  });

  it('needs a payment', () => {
    given().when(expire()).thenRejected('payment-not-requested');
  });
});

describe('a refund of an order', () => {
  const refund = (refundId: string, more: { amount?: typeof amount; returnId?: string } = {}): Command => ({
    ...{ type: 'RefundPayment', at, refundId, orderId, reason: 'return' },
    ...more,
  });
  const refunded = (refundId: string, value: string, more: Partial<PaymentRefunded['data']> = {}): PaymentEvent => ({
    type: 'PaymentRefunded',
    data: {
      paymentId: orderId,
      orderId,
      refundId,
      amount: pounds(value),
      reason: 'return',
      outcomeFollows: true,
      ...more,
    },
  });

  it('gives back what is asked for, once per refund', () => {
    given(...paid)
      .when(refund('r-1', { amount: pounds('5.30'), returnId: 'ret-1' }))
      .then(refunded('r-1', '5.30', { returnId: 'ret-1' }));
    given(...paid, refunded('r-1', '5.30'))
      .when(refund('r-1', { amount: pounds('5.30') }))
      .thenNothing();
  });

  it('gives back all that is left when no amount is named, and nothing of nothing', () => {
    given(...paid)
      .when(refund('r-1'))
      .then(refunded('r-1', '15.30'));
    given(...paid, refunded('r-1', '5.30'))
      .when(refund('r-2'))
      .then(refunded('r-2', '10.00'));
    given(...paid, refunded('r-1', '15.30'))
      .when(refund('r-2'))
      .thenNothing();
    given(requested, attempted(1), cancelled, processed(1), lateRefund(1)).when(refund('r-1')).thenNothing();
  });

  it('never gives back more than was paid', () => {
    given(...paid, refunded('r-1', '5.30'))
      .when(refund('r-2', { amount: pounds('10.01') }))
      .thenRejected('refund-exceeds-payment');
  });

  it('is in the currency that was paid', () => {
    given(...paid)
      .when(refund('r-1', { amount: { amount: '1.00', currency: 'EUR' } }))
      .thenRejected('currency-mismatch');
  });

  it('needs money that was paid', () => {
    given().when(refund('r-1')).thenRejected('payment-not-processed');
    given(requested, attempted(1)).when(refund('r-1')).thenRejected('payment-not-processed');
    given(cancelled).when(refund('r-1')).thenRejected('payment-not-processed');
  });
});

describe('a refund that the gateway has paid out', () => {
  const data = {
    paymentId: orderId,
    orderId,
    refundId: 'r-1',
    amount,
    reason: 'return',
    outcomeFollows: true,
  } as const;
  const refunded: PaymentEvent = { type: 'PaymentRefunded', data };
  const paidOut: PaymentEvent = { type: 'RefundPaidOut', data: { paymentId: orderId, refundId: 'r-1', amount } };
  const record = { type: 'RecordRefund', at, refundId: 'r-1' } as const;

  it('is recorded once', () => {
    given(...paid, refunded)
      .when(record)
      .then(paidOut);
    given(...paid, refunded, paidOut)
      .when(record)
      .thenNothing();
  });

  it('is recorded also where it was recorded before outcomes were', () => {
    given(...paid, { type: 'PaymentRefunded', data: { ...data, outcomeFollows: false } })
      .when(record)
      .then(paidOut);
  });

  it('has to be one', () => {
    given(...paid)
      .when(record)
      .thenRejected('refund-not-found');
  });
});

describe('a refund of a return that names no order', () => {
  const refund: Command = {
    ...{ type: 'RefundPayment', at, refundId: 'r-1', returnId: orderId, amount: pounds('99.00'), reason: 'return' },
  };
  const refunded: PaymentEvent = {
    type: 'PaymentRefunded',
    data: {
      ...{ paymentId: orderId, returnId: orderId, refundId: 'r-1', amount: pounds('99.00') },
      ...{ reason: 'return', outcomeFollows: true },
    },
  };

  it('needs no payment before it', () => {
    given().when(refund).then(refunded);
    given(refunded).when(refund).thenNothing();
  });

  it('is not money of an order that happens to have the same id', () => {
    given(...paid)
      .when(refund)
      .then(refunded);
    given(refunded).when(request).then(requested);
    given(refunded, ...paid)
      .when({ type: 'RefundPayment', at, refundId: 'r-2', orderId, reason: 'order-cancelled' })
      .then({
        type: 'PaymentRefunded',
        data: { paymentId: orderId, orderId, refundId: 'r-2', amount, reason: 'order-cancelled', outcomeFollows: true },
      });
  });
});

describe('the commands of a payment', () => {
  const { ProcessPayment } = payment.commands;

  it('take a token', () => {
    expect(ProcessPayment.parse({ method: 'tok_ok' })).toEqual({ method: 'tok_ok' });
  });

  it.each([[{ method: '' }], [{ method: 'a b' }], [{ method: 'x'.repeat(65) }], [{}], [{ method: 'x', amount: '1' }]])(
    'refuse %j',
    (data) => {
      expect(ProcessPayment.safeParse(data).success).toBe(false);
    },
  );
});
