import { accept, type Decision, reject } from '@ledgerline/es-core';
import type { PaymentEvent } from '@ledgerline/events';
import type { Decided } from './payment.commands.js';
import {
  paymentAlreadyProcessed,
  paymentCancelled,
  paymentExpired,
  paymentNotRequested,
} from './payment.rejections.js';
import { isDeclinedForGood, MAX_ATTEMPTS, type PaymentState, type RequestedPayment } from './payment.state.js';
import { refundOf } from './refund.js';

type PaymentDecision = Decision<PaymentEvent>;

export const processPayment = (
  { payment }: PaymentState,
  { method, at }: Decided<'ProcessPayment'>,
): PaymentDecision => {
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
  // The deadline's command may still be on its way.
  if (at >= payment.request.expiresAt) return paymentExpired;
  const { orderId, amount } = payment.request;
  const number = payment.attempts.length + 1;
  return accept({ type: 'PaymentAttempted', data: { orderId, attempt: number, method, amount } });
};

export const recordOutcome = ({ payment }: PaymentState, command: Decided<'RecordOutcome'>): PaymentDecision => {
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
