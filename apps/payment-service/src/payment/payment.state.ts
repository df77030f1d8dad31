import type { PaymentCancelled, PaymentRefunded, PaymentRequested } from '@ledgerline/events';

/** What the stream `payment-<id>` holds: at most one payment, and what was given back. */
export interface PaymentState {
  readonly payment: Payment;
  readonly refunds: readonly Refund[];
}

export type Payment =
  | { readonly status: 'absent' }
  /** The order was cancelled before its payment was requested: it must never be. */
  | { readonly status: 'called-off'; readonly orderId: string; readonly reason: string }
  | RequestedPayment;

export interface RequestedPayment {
  /**
   * `requested`: waits for the customer. `processing`: an attempt is with the gateway. `declined`: the last attempt was, and
   * another is allowed until the third. `processed`: paid. `cancelled` and `expired`: ended; what an attempt that was still
   * with the gateway brings in afterwards is given back at once.
   */
  readonly status: 'requested' | 'processing' | 'declined' | 'processed' | 'cancelled' | 'expired';
  readonly request: PaymentRequested['data'];
  readonly attempts: readonly Attempt[];
}

export type Attempt = { readonly attempt: number; readonly method: string } & (
  | { readonly outcome: 'pending' }
  | { readonly outcome: 'processed'; readonly reference: string }
  | { readonly outcome: 'declined'; readonly reason: string }
);

/** `paidOut` is not there for a refund of before that was recorded. */
export type Refund = Omit<PaymentRefunded['data'], 'outcomeFollows'> & { readonly paidOut?: boolean };

export const MAX_ATTEMPTS = 3;

/** Whether the gateway took the money, at any time: then `request.amount` was paid, once. */
export const wasPaid = ({ attempts }: RequestedPayment): boolean =>
  attempts.some(({ outcome }) => outcome === 'processed');

/** No further attempt is allowed, although nobody cancelled the payment. */
export const isDeclinedForGood = ({ status, attempts }: RequestedPayment): boolean =>
  status === 'declined' && attempts.length >= MAX_ATTEMPTS;

/** Whether the payment may still be paid, cancelled or expire. */
export const isOpen = (payment: RequestedPayment): boolean =>
  payment.status === 'requested' ||
  payment.status === 'processing' ||
  (payment.status === 'declined' && !isDeclinedForGood(payment));

/** What went back out of the order's payment: refunds of a return that names no order are not its money. */
export const refundsOfOrder = (refunds: readonly Refund[]): readonly string[] =>
  refunds.filter(({ orderId }) => orderId !== undefined).map(({ amount }) => amount.amount);

export const attempted = (payment: Payment, made: Attempt): Payment =>
  'request' in payment ? { ...payment, status: 'processing', attempts: [...payment.attempts, made] } : payment;

type Outcome =
  | { readonly outcome: 'processed'; readonly reference: string }
  | { readonly outcome: 'declined'; readonly reason: string };

export const answered = (payment: Payment, number: number, outcome: Outcome): Payment => {
  if (!('request' in payment)) return payment;
  const attempts = payment.attempts.map((made) =>
    made.attempt === number ? { attempt: number, method: made.method, ...outcome } : made,
  );
  // A payment that ended stays ended, whatever comes in late.
  return { ...payment, attempts, status: payment.status === 'processing' ? outcome.outcome : payment.status };
};

export const calledOff = (cancelled: PaymentCancelled['data']): Payment => ({ status: 'called-off', ...cancelled });

export const ended = (payment: RequestedPayment, status: 'cancelled' | 'expired'): Payment => ({ ...payment, status });

export const asRefund = ({ outcomeFollows, ...refund }: PaymentRefunded['data']): Refund =>
  outcomeFollows ? { ...refund, paidOut: false } : refund;

export const paidOut = (refund: Refund, refundId: string): Refund =>
  refund.refundId === refundId ? { ...refund, paidOut: true } : refund;
