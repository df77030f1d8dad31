import { defineEvents, type NewEventOf, since } from '@ledgerline/es-core';
import { z } from 'zod';
import { storedId, storedMoney, storedQuantity, storedText, storedTime } from './stored-fields.js';

const attempt = storedQuantity.meta({ description: 'The number of the attempt.', examples: [1] });

const paymentRefundedV1 = z
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
const paymentRefundedV2 = paymentRefundedV1
  .extend({
    outcomeFollows: z
      .boolean()
      .describe(
        'RefundPaidOut follows. False where it was recorded before that was: whether it was paid out is not in the log.',
      ),
  })
  .describe('Money is to go back to the customer. The gateway is asked next.');

/** What a payment's own stream holds. */
export const paymentEvents = defineEvents('payments.events', {
  PaymentRequested: z
    .object({
      paymentId: storedId.describe("The order's id."),
      orderId: storedId,
      customerId: storedId,
      amount: storedMoney,
      expiresAt: storedTime.describe('Until when it may be paid.'),
    })
    .describe('The customer may pay the order now.'),
  PaymentAttempted: z
    .object({
      orderId: storedId,
      attempt,
      method: storedText.meta({ description: 'A token of the payment gateway.', examples: ['tok_ok'] }),
      amount: storedMoney,
    })
    .describe('The customer pays. The gateway is asked next.'),
  PaymentProcessed: z
    .object({ orderId: storedId, attempt, amount: storedMoney, reference: storedText.describe("The gateway's.") })
    .describe('The gateway took the money.'),
  PaymentDeclined: z
    .object({
      orderId: storedId,
      attempt,
      reason: storedText,
      final: z.boolean().describe('True: no further attempt is allowed.'),
    })
    .describe('The gateway did not take the money.'),
  PaymentCancelled: z
    .object({ orderId: storedId, reason: storedText })
    .describe('The order was cancelled before it was paid; it can no longer be.'),
  PaymentExpired: z.object({ orderId: storedId }).describe('The time to pay is over.'),
  // Before, nothing was recorded of what the gateway did.
  PaymentRefunded: since(paymentRefundedV1).to(paymentRefundedV2, (data) => ({ ...data, outcomeFollows: false })),
  RefundPaidOut: z
    .object({
      paymentId: storedId.describe("The order's id, or the return's where the return names no order."),
      refundId: storedId,
      amount: storedMoney,
    })
    .describe('The gateway gave the money back.'),
});

export type PaymentEvent = NewEventOf<typeof paymentEvents>;
export type PaymentRequested = NewEventOf<typeof paymentEvents, 'PaymentRequested'>;
export type PaymentAttempted = NewEventOf<typeof paymentEvents, 'PaymentAttempted'>;
export type PaymentProcessed = NewEventOf<typeof paymentEvents, 'PaymentProcessed'>;
export type PaymentDeclined = NewEventOf<typeof paymentEvents, 'PaymentDeclined'>;
export type PaymentCancelled = NewEventOf<typeof paymentEvents, 'PaymentCancelled'>;
export type PaymentExpired = NewEventOf<typeof paymentEvents, 'PaymentExpired'>;
export type PaymentRefunded = NewEventOf<typeof paymentEvents, 'PaymentRefunded'>;
export type RefundPaidOut = NewEventOf<typeof paymentEvents, 'RefundPaidOut'>;
export type RefundReason = PaymentRefunded['data']['reason'];
