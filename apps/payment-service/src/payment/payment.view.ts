import { compareAmounts, type Money, sumOf, zero } from '@ledgerline/events';
import {
  type Attempt,
  type PaymentState,
  type Refund,
  refundsOfOrder,
  type RequestedPayment,
  wasPaid,
} from './payment.state.js';

/** What `GET /payments/:id` answers. */
export interface PaymentView {
  /** The order's id, or the return's where the return names no order. */
  readonly paymentId: string;
  readonly orderId?: string;
  /**
   * As `RequestedPayment`, and `refunded`: all that was paid went back. A payment that was cancelled or expired stays so
   * when late money came in and went back (`paid` and `refunded` tell). Partly refunded is `processed`.
   */
  readonly status: RequestedPayment['status'] | 'refunded';
  /** What the order costs; absent where no payment was requested. */
  readonly amount?: Money;
  readonly paid?: Money;
  readonly refunded?: Money;
  readonly attempts: readonly Attempt[];
  readonly refunds: readonly Refund[];
  readonly expiresAt?: string;
  /** Why it was cancelled, where that came before the request. */
  readonly reason?: string;
}

/** Undefined where nothing was requested, cancelled or refunded yet. */
export const paymentView = ({ payment, refunds }: PaymentState): PaymentView | undefined => {
  if ('request' in payment) return requestedView(payment, refunds);
  if (payment.status === 'called-off') {
    const { orderId, reason } = payment;
    return { paymentId: orderId, orderId, status: 'cancelled', reason, attempts: [], refunds };
  }
  return refundsView(refunds);
};

const requestedView = (payment: RequestedPayment, refunds: readonly Refund[]): PaymentView => {
  const { paymentId, orderId, amount, expiresAt } = payment.request;
  const { currency } = amount;
  const paid = wasPaid(payment) ? amount.amount : zero(currency);
  const refunded = sumOf(refundsOfOrder(refunds), currency);
  const allWentBack = payment.status === 'processed' && compareAmounts(paid, zero(currency)) > 0 && paid === refunded;
  return {
    ...{ paymentId, orderId, status: allWentBack ? 'refunded' : payment.status, amount },
    ...{ paid: { amount: paid, currency }, refunded: { amount: refunded, currency } },
    ...{ attempts: payment.attempts, refunds, expiresAt },
  };
};

/** Only a return that names no order: money went back, and no payment of an order is here. */
const refundsView = (refunds: readonly Refund[]): PaymentView | undefined => {
  const [first] = refunds;
  if (!first) return undefined;
  return { paymentId: first.paymentId, status: 'refunded', refunded: first.amount, attempts: [], refunds };
};
