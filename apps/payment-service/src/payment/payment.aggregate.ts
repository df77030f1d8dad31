import { accept, defineAggregate, reject, setting } from '@ledgerline/es-core';
import { paymentEvents } from '@ledgerline/events';
import { processPayment, recordOutcome } from './payment-attempts.js';
import { paymentCommands } from './payment.commands.js';
import { paymentAlreadyProcessed, paymentCancelled, paymentNotRequested } from './payment.rejections.js';
import {
  answered,
  asRefund,
  attempted,
  calledOff,
  ended,
  isOpen,
  paidOut,
  type PaymentState,
} from './payment.state.js';
import { recordRefund, refund } from './refund.js';

/**
 * The money of one order. Whatever order requests, attempts, outcomes, cancellation and expiry come in, nothing stays charged
 * on a payment that was cancelled or expired: an attempt cannot begin there, and what one brings in late goes back in the
 * same commit.
 */
export const payment = defineAggregate({
  category: 'payment',
  events: paymentEvents,
  commands: paymentCommands,
  internal: ['RequestPayment', 'RecordOutcome', 'CancelPayment', 'ExpirePayment', 'RefundPayment', 'RecordRefund'],
  // There may be nothing yet that knows the order.
  idFields: { RequestPayment: 'orderId', CancelPayment: 'orderId' },
  /** Seconds from the request on. */
  context: { payWithin: setting<number>('payWithin') },
  initialState: { payment: { status: 'absent' }, refunds: [] } as PaymentState,

  decide: {
    RequestPayment({ payment }, { orderId, customerId, amount, at }, { payWithin }) {
      // Too late: the order was cancelled first, and must not become payable again.
      if (payment.status === 'called-off') return paymentCancelled;
      // Asking twice changes nothing.
      if (payment.status !== 'absent') return accept();
      const expiresAt = new Date(Date.parse(at) + payWithin * 1000).toISOString();
      return accept({ type: 'PaymentRequested', data: { paymentId: orderId, orderId, customerId, amount, expiresAt } });
    },
    ProcessPayment: processPayment,
    RecordOutcome: recordOutcome,
    CancelPayment({ payment }, { orderId, reason }) {
      if (payment.status === 'processed') return paymentAlreadyProcessed;
      // Recorded even before the payment was requested, so that a late request finds it.
      if (payment.status === 'absent' || ('request' in payment && isOpen(payment)))
        return accept({ type: 'PaymentCancelled', data: { orderId, reason } });
      return accept();
    },
    ExpirePayment({ payment }, { at }) {
      if (payment.status === 'absent') return paymentNotRequested;
      if (payment.status === 'called-off' || !isOpen(payment)) return accept();
      const { orderId, expiresAt } = payment.request;
      if (at < expiresAt) return reject('payment-not-due', `the payment may be paid until ${expiresAt}`);
      return accept({ type: 'PaymentExpired', data: { orderId } });
    },
    RefundPayment: refund,
    RecordRefund: recordRefund,
  },

  evolve: {
    PaymentRequested: ({ refunds }, { data }) => ({
      refunds,
      payment: { status: 'requested', request: data, attempts: [] },
    }),
    PaymentAttempted: ({ payment, refunds }, { data: { attempt, method } }) => ({
      refunds,
      payment: attempted(payment, { attempt, method, outcome: 'pending' }),
    }),
    PaymentProcessed: ({ payment, refunds }, { data: { attempt, reference } }) => ({
      refunds,
      payment: answered(payment, attempt, { outcome: 'processed', reference }),
    }),
    PaymentDeclined: ({ payment, refunds }, { data: { attempt, reason } }) => ({
      refunds,
      payment: answered(payment, attempt, { outcome: 'declined', reason }),
    }),
    PaymentCancelled: ({ payment, refunds }, { data }) => ({
      refunds,
      payment: 'request' in payment ? ended(payment, 'cancelled') : calledOff(data),
    }),
    PaymentExpired: (state) =>
      'request' in state.payment ? { ...state, payment: ended(state.payment, 'expired') } : state,
    PaymentRefunded: ({ payment, refunds }, { data }) => ({ payment, refunds: [...refunds, asRefund(data)] }),
    RefundPaidOut: ({ payment, refunds }, { data }) => ({
      payment,
      refunds: refunds.map((one) => paidOut(one, data.refundId)),
    }),
  },

  retriable: ['payment-not-requested', 'payment-in-progress'],

  deadlines: {
    ExpirePayment: {
      PaymentRequested: ({ data }) => data.expiresAt,
      PaymentProcessed: () => null,
      PaymentDeclined: ({ data }) => (data.final ? null : undefined),
      PaymentCancelled: () => null,
    },
  },

  // What a refund was asked for is not in it: it may have been all that was left.
  rehearse: {
    PaymentRequested: ({ data: { customerId, amount } }) => ({ type: 'RequestPayment', customerId, amount }),
    PaymentAttempted: ({ data: { method } }) => ({ type: 'ProcessPayment', method }),
    PaymentProcessed: ({ data: { attempt, reference } }) => ({
      type: 'RecordOutcome',
      attempt,
      outcome: 'processed' as const,
      reference,
    }),
    PaymentDeclined: ({ data: { attempt, reason } }) => ({
      type: 'RecordOutcome',
      attempt,
      outcome: 'declined' as const,
      reason,
    }),
    PaymentCancelled: ({ data: { reason } }) => ({ type: 'CancelPayment', reason }),
    PaymentExpired: () => ({ type: 'ExpirePayment' }),
    RefundPaidOut: ({ data: { refundId } }) => ({ type: 'RecordRefund', refundId }),
  },
});
