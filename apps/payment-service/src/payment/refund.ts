import { accept, type Decision, reject } from '@ledgerline/es-core';
import { compareAmounts, isZero, minus, type PaymentEvent, type PaymentRefunded, sumOf } from '@ledgerline/events';
import type { Decided } from './payment.commands.js';
import { type PaymentState, type Refund, refundsOfOrder, type RequestedPayment, wasPaid } from './payment.state.js';

/** Gives money back, once per refund id: for an order never more than was paid, for a return without an order what it says. */
export const refund = (
  { payment, refunds }: PaymentState,
  command: Decided<'RefundPayment'>,
): Decision<PaymentEvent> => {
  const { refundId, returnId, reason } = command;
  if (refunds.some((earlier) => earlier.refundId === refundId)) return accept();
  if (command.orderId === undefined)
    return refunded({ paymentId: command.returnId, returnId, refundId, amount: command.amount, reason });
  if (!('request' in payment) || !wasPaid(payment))
    return reject('payment-not-processed', 'the order was not paid, so there is nothing to give back');

  const { paymentId, orderId, amount: paid } = payment.request;
  const left = leftOf(payment, refunds);
  const { amount = { amount: left, currency: paid.currency } } = command;
  if (amount.currency !== paid.currency)
    return reject('currency-mismatch', `the order was paid in ${paid.currency}, not in ${amount.currency}`);
  if (compareAmounts(amount.amount, left) > 0)
    return reject('refund-exceeds-payment', `at most ${left} ${paid.currency} of the payment are left`);
  if (isZero(amount.amount)) return accept();
  const why = returnId === undefined ? { refundId, amount, reason } : { returnId, refundId, amount, reason };
  return refunded({ paymentId, orderId, ...why });
};

/** What may still go back out of a payment that was paid. */
const leftOf = ({ request }: RequestedPayment, refunds: readonly Refund[]): string => {
  const { amount, currency } = request.amount;
  return minus(amount, sumOf(refundsOfOrder(refunds), currency), currency);
};

/** What the gateway did. It may be asked again after a crash; the first answer stands. */
export const recordRefund = (
  { refunds }: PaymentState,
  { refundId }: Decided<'RecordRefund'>,
): Decision<PaymentEvent> => {
  const refund = refunds.find((one) => one.refundId === refundId);
  if (!refund) return reject('refund-not-found', `there is no refund ${refundId}`);
  const { paymentId, amount } = refund;
  return refund.paidOut ? accept() : accept({ type: 'RefundPaidOut', data: { paymentId, refundId, amount } });
};

/** A refund that is recorded from now on. */
export const refundOf = (data: Omit<PaymentRefunded['data'], 'outcomeFollows'>): PaymentRefunded => ({
  type: 'PaymentRefunded',
  data: { ...data, outcomeFollows: true },
});

const refunded = (data: Omit<PaymentRefunded['data'], 'outcomeFollows'>): Decision<PaymentEvent> =>
  accept(refundOf(data));
