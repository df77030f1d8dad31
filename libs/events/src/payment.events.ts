import { type EventType, eventType } from '@ledgerline/es-core';
import { z } from 'zod';
import type { EventOf } from './messages.js';
import { storedId, storedMoney, storedQuantity, storedText, storedTime } from './stored-fields.js';

export const PAYMENT = 'payment';

const attempt = storedQuantity.meta({ description: 'The number of the attempt.', examples: [1] });

export const paymentRequestedV1 = z
  .object({
    paymentId: storedId.describe("The order's id."),
    orderId: storedId,
    customerId: storedId,
    amount: storedMoney,
    expiresAt: storedTime.describe('Until when it may be paid.'),
  })
  .describe('The customer may pay the order now.');
export const paymentAttemptedV1 = z
  .object({
    orderId: storedId,
    attempt,
    method: storedText.meta({ description: 'A token of the payment gateway.', examples: ['tok_ok'] }),
    amount: storedMoney,
  })
  .describe('The customer pays. The gateway is asked next.');
export const paymentProcessedV1 = z
  .object({ orderId: storedId, attempt, amount: storedMoney, reference: storedText.describe("The gateway's.") })
  .describe('The gateway took the money.');
export const paymentDeclinedV1 = z
  .object({
    orderId: storedId,
    attempt,
    reason: storedText,
    final: z.boolean().describe('True: no further attempt is allowed.'),
  })
  .describe('The gateway did not take the money.');
export const paymentCancelledV1 = z
  .object({ orderId: storedId, reason: storedText })
  .describe('The order was cancelled before it was paid; it can no longer be.');
export const paymentExpiredV1 = z.object({ orderId: storedId }).describe('The time to pay is over.');
export const paymentRefundedV1 = z
  .object({
    paymentId: storedId.describe("The order's id, or the return's where the return names no order."),
    orderId: storedId.optional(),
    returnId: storedId.optional(),
    refundId: storedId.describe('Nothing goes back twice under one.'),
    amount: storedMoney,
    reason: z.enum(['return', 'order-cancelled', 'payment-ended']),
    attempt: attempt.optional().describe('The attempt whose money goes back because it came too late.'),
  })
  .describe('Money goes back to the customer.');
export const paymentRefundedV2 = paymentRefundedV1
  .extend({
    outcomeFollows: z
      .boolean()
      .describe(
        'RefundPaidOut follows. False where it was recorded before that was: whether it was paid out is not in the log.',
      ),
  })
  .describe('Money is to go back to the customer. The gateway is asked next.');
/** Before, nothing was recorded of what the gateway did. */
const paymentRefundedV1ToV2 = (data: z.output<typeof paymentRefundedV1>): PaymentRefunded['data'] => ({
  ...data,
  outcomeFollows: false,
});
export const refundPaidOutV1 = z
  .object({
    paymentId: storedId.describe("The order's id, or the return's where the return names no order."),
    refundId: storedId,
    amount: storedMoney,
  })
  .describe('The gateway gave the money back.');

export type PaymentRequested = EventOf<'PaymentRequested', typeof paymentRequestedV1>;
export type PaymentAttempted = EventOf<'PaymentAttempted', typeof paymentAttemptedV1>;
export type PaymentProcessed = EventOf<'PaymentProcessed', typeof paymentProcessedV1>;
export type PaymentDeclined = EventOf<'PaymentDeclined', typeof paymentDeclinedV1>;
export type PaymentCancelled = EventOf<'PaymentCancelled', typeof paymentCancelledV1>;
export type PaymentExpired = EventOf<'PaymentExpired', typeof paymentExpiredV1>;
export type PaymentRefunded = EventOf<'PaymentRefunded', typeof paymentRefundedV2>;
export type RefundPaidOut = EventOf<'RefundPaidOut', typeof refundPaidOutV1>;
export type RefundReason = PaymentRefunded['data']['reason'];
export type PaymentEvent =
  | PaymentRequested
  | PaymentAttempted
  | PaymentProcessed
  | PaymentDeclined
  | PaymentCancelled
  | PaymentExpired
  | PaymentRefunded
  | RefundPaidOut;

export const paymentEventTypes: readonly EventType<PaymentEvent>[] = [
  eventType<PaymentRequested>('PaymentRequested', [paymentRequestedV1]),
  eventType<PaymentAttempted>('PaymentAttempted', [paymentAttemptedV1]),
  eventType<PaymentProcessed>('PaymentProcessed', [paymentProcessedV1]),
  eventType<PaymentDeclined>('PaymentDeclined', [paymentDeclinedV1]),
  eventType<PaymentCancelled>('PaymentCancelled', [paymentCancelledV1]),
  eventType<PaymentExpired>('PaymentExpired', [paymentExpiredV1]),
  eventType<PaymentRefunded>('PaymentRefunded', [paymentRefundedV1, paymentRefundedV2], [paymentRefundedV1ToV2]),
  eventType<RefundPaidOut>('RefundPaidOut', [refundPaidOutV1]),
];
