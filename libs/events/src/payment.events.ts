import { type EventType, eventType } from '@ledgerline/es-core';
import { z } from 'zod';
import type { EventOf } from './messages.js';
import { storedId, storedMoney, storedQuantity, storedText, storedTime } from './stored-fields.js';

export const PAYMENT = 'payment';

const attempt = storedQuantity;

export const paymentRequestedV1 = z.object({
  /** The order's id. */
  paymentId: storedId,
  orderId: storedId,
  customerId: storedId,
  amount: storedMoney,
  expiresAt: storedTime,
});
export const paymentAttemptedV1 = z.object({ orderId: storedId, attempt, method: storedText, amount: storedMoney });
export const paymentProcessedV1 = z.object({ orderId: storedId, attempt, amount: storedMoney, reference: storedText });
export const paymentDeclinedV1 = z.object({
  orderId: storedId,
  attempt,
  reason: storedText,
  /** True: no further attempt is allowed. */
  final: z.boolean(),
});
export const paymentCancelledV1 = z.object({ orderId: storedId, reason: storedText });
export const paymentExpiredV1 = z.object({ orderId: storedId });
export const paymentRefundedV1 = z.object({
  /** The order's id, or the return's where the return names no order. */
  paymentId: storedId,
  orderId: storedId.optional(),
  returnId: storedId.optional(),
  refundId: storedId,
  amount: storedMoney,
  reason: z.enum(['return', 'order-cancelled', 'payment-ended']),
  /** The attempt whose money goes back because it came too late. */
  attempt: attempt.optional(),
});

export type PaymentRequested = EventOf<'PaymentRequested', typeof paymentRequestedV1>;
export type PaymentAttempted = EventOf<'PaymentAttempted', typeof paymentAttemptedV1>;
export type PaymentProcessed = EventOf<'PaymentProcessed', typeof paymentProcessedV1>;
export type PaymentDeclined = EventOf<'PaymentDeclined', typeof paymentDeclinedV1>;
export type PaymentCancelled = EventOf<'PaymentCancelled', typeof paymentCancelledV1>;
export type PaymentExpired = EventOf<'PaymentExpired', typeof paymentExpiredV1>;
export type PaymentRefunded = EventOf<'PaymentRefunded', typeof paymentRefundedV1>;
export type RefundReason = PaymentRefunded['data']['reason'];
export type PaymentEvent =
  | PaymentRequested
  | PaymentAttempted
  | PaymentProcessed
  | PaymentDeclined
  | PaymentCancelled
  | PaymentExpired
  | PaymentRefunded;

export const paymentEventTypes: readonly EventType<PaymentEvent>[] = [
  eventType<PaymentRequested>('PaymentRequested', [paymentRequestedV1]),
  eventType<PaymentAttempted>('PaymentAttempted', [paymentAttemptedV1]),
  eventType<PaymentProcessed>('PaymentProcessed', [paymentProcessedV1]),
  eventType<PaymentDeclined>('PaymentDeclined', [paymentDeclinedV1]),
  eventType<PaymentCancelled>('PaymentCancelled', [paymentCancelledV1]),
  eventType<PaymentExpired>('PaymentExpired', [paymentExpiredV1]),
  eventType<PaymentRefunded>('PaymentRefunded', [paymentRefundedV1]),
];
