import { accept, type Decider, type Decision, ignoreUnknown, reject, unreachable } from '@ledgerline/es-core';
import type { PaymentEvent, PaymentRefunded } from '@ledgerline/events';
import type {
  CancelPayment,
  ExpirePayment,
  PaymentCommand,
  ProcessPayment,
  RecordOutcome,
  RequestPayment,
} from './payment.commands.js';
import {
  type Attempt,
  isDeclinedForGood,
  isOpen,
  MAX_ATTEMPTS,
  type Payment,
  type PaymentState,
  type Refund,
  type RequestedPayment,
} from './payment.state.js';
import { recordRefund, refund, refundOf } from './refund.js';

type PaymentDecision = Decision<PaymentEvent>;

/**
 * The money of one order. Whatever order requests, attempts, outcomes, cancellation and expiry come in, nothing stays charged
 * on a payment that was cancelled or expired: an attempt cannot begin there, and what one brings in late goes back in the
 * same commit.
 */
export const paymentDecider: Decider<PaymentState, PaymentCommand, PaymentEvent> = {
  initialState: { payment: { status: 'absent' }, refunds: [] },

  decide(state, command) {
    switch (command.type) {
      case 'RequestPayment':
        return request(state.payment, command);
      case 'ProcessPayment':
        return begin(state.payment, command);
      case 'RecordOutcome':
        return recordOutcome(state.payment, command);
      case 'CancelPayment':
        return cancel(state.payment, command);
      case 'ExpirePayment':
        return expire(state.payment, command);
      case 'RefundPayment':
        return refund(state, command);
      case 'RecordRefund':
        return recordRefund(state, command);
      default:
        return unreachable(command);
    }
  },

  evolve(state, event) {
    const { payment, refunds } = state;
    switch (event.type) {
      case 'PaymentRequested':
        return { refunds, payment: { status: 'requested', request: event.data, attempts: [] } };
      case 'PaymentAttempted': {
        const { attempt, method } = event.data;
        return { refunds, payment: attempted(payment, { attempt, method, outcome: 'pending' }) };
      }
      case 'PaymentProcessed': {
        const { attempt, reference } = event.data;
        return { refunds, payment: answered(payment, attempt, { outcome: 'processed', reference }) };
      }
      case 'PaymentDeclined': {
        const { attempt, reason } = event.data;
        return { refunds, payment: answered(payment, attempt, { outcome: 'declined', reason }) };
      }
      case 'PaymentCancelled':
        return 'request' in payment
          ? { refunds, payment: { ...payment, status: 'cancelled' } }
          : { refunds, payment: { status: 'called-off', ...event.data } };
      case 'PaymentExpired':
        return 'request' in payment ? { refunds, payment: { ...payment, status: 'expired' } } : state;
      case 'PaymentRefunded':
        return { payment, refunds: [...refunds, asRefund(event.data)] };
      case 'RefundPaidOut':
        return { payment, refunds: refunds.map((one) => paidOut(one, event.data.refundId)) };
      default:
        return ignoreUnknown(event, state);
    }
  },
};

const request = (payment: Payment, command: RequestPayment): PaymentDecision => {
  // Too late: the order was cancelled first, and must not become payable again.
  if (payment.status === 'called-off') return paymentCancelled;
  // Asking twice is the same wish twice.
  if (payment.status !== 'absent') return accept();
  const { orderId, customerId, amount, at, expiresAfterSeconds } = command;
  const expiresAt = new Date(Date.parse(at) + expiresAfterSeconds * 1000).toISOString();
  return accept({ type: 'PaymentRequested', data: { paymentId: orderId, orderId, customerId, amount, expiresAt } });
};

const begin = (payment: Payment, { method, at }: ProcessPayment): PaymentDecision => {
  switch (payment.status) {
    case 'absent':
      return paymentNotRequested;
    case 'processing':
      return reject('payment-in-progress', 'an attempt is with the gateway');
    case 'processed':
      return paymentAlreadyProcessed;
    case 'called-off':
    case 'cancelled':
      return paymentCancelled;
    case 'expired':
      return paymentExpired;
    case 'requested':
    case 'declined':
      return attempt(payment, method, at);
  }
};

const attempt = (payment: RequestedPayment, method: string, at: string): PaymentDecision => {
  if (isDeclinedForGood(payment)) return reject('payment-declined', `${MAX_ATTEMPTS} attempts were declined`);
  // Nobody may have told the payment yet that its time is over.
  if (at >= payment.request.expiresAt) return paymentExpired;
  const { orderId, amount } = payment.request;
  const number = payment.attempts.length + 1;
  return accept({ type: 'PaymentAttempted', data: { orderId, attempt: number, method, amount } });
};

const recordOutcome = (payment: Payment, command: RecordOutcome): PaymentDecision => {
  const made = 'attempts' in payment ? payment.attempts.find(({ attempt }) => attempt === command.attempt) : undefined;
  if (!made || !('request' in payment)) return reject('attempt-not-found', `there is no attempt ${command.attempt}`);
  // The gateway may be asked again after a crash; the first answer stands.
  if (made.outcome !== 'pending') return accept();
  const { orderId } = payment.request;
  if (command.outcome === 'processed') return processed(payment, command.attempt, command.reference);
  const final = command.attempt >= MAX_ATTEMPTS;
  const data = { orderId, attempt: command.attempt, reason: command.reason, final };
  return accept({ type: 'PaymentDeclined', data });
};

const processed = ({ request, status }: RequestedPayment, attempt: number, reference: string): PaymentDecision => {
  const { paymentId, orderId, amount } = request;
  const paid: PaymentEvent = { type: 'PaymentProcessed', data: { orderId, attempt, amount, reference } };
  if (status !== 'cancelled' && status !== 'expired') return accept(paid);
  const refundId = `attempt-${attempt}`;
  const given = { paymentId, orderId, refundId, amount, reason: 'payment-ended', attempt } as const;
  return accept<PaymentEvent>(paid, refundOf(given));
};

const cancel = (payment: Payment, { orderId, reason }: CancelPayment): PaymentDecision => {
  if (payment.status === 'processed') return paymentAlreadyProcessed;
  // Recorded even before the payment was requested, so that a late request finds it.
  if (payment.status === 'absent' || ('request' in payment && isOpen(payment)))
    return accept({ type: 'PaymentCancelled', data: { orderId, reason } });
  return accept();
};

const expire = (payment: Payment, { at }: ExpirePayment): PaymentDecision => {
  if (payment.status === 'absent') return paymentNotRequested;
  if (payment.status === 'called-off' || !isOpen(payment)) return accept();
  const { orderId, expiresAt } = payment.request;
  if (at < expiresAt) return reject('payment-not-due', `the payment may be paid until ${expiresAt}`);
  return accept({ type: 'PaymentExpired', data: { orderId } });
};

const paymentNotRequested = reject('payment-not-requested', 'the payment has not been requested yet');
const paymentAlreadyProcessed = reject('payment-already-processed', 'the payment was processed');
const paymentCancelled = reject('payment-cancelled', 'the payment was cancelled');
const paymentExpired = reject('payment-expired', 'the time to pay is over');

const attempted = (payment: Payment, made: Attempt): Payment =>
  'request' in payment ? { ...payment, status: 'processing', attempts: [...payment.attempts, made] } : payment;

const asRefund = ({ outcomeFollows, ...refund }: PaymentRefunded['data']): Refund =>
  outcomeFollows ? { ...refund, paidOut: false } : refund;

const paidOut = (refund: Refund, refundId: string): Refund =>
  refund.refundId === refundId ? { ...refund, paidOut: true } : refund;

type Outcome =
  | { readonly outcome: 'processed'; readonly reference: string }
  | { readonly outcome: 'declined'; readonly reason: string };

const answered = (payment: Payment, number: number, outcome: Outcome): Payment => {
  if (!('request' in payment)) return payment;
  const attempts = payment.attempts.map((made) =>
    made.attempt === number ? { attempt: number, method: made.method, ...outcome } : made,
  );
  // A payment that ended stays ended, whatever comes in late.
  return { ...payment, attempts, status: payment.status === 'processing' ? outcome.outcome : payment.status };
};
