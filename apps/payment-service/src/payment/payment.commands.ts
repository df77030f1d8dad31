import type { Immutable, OutputOf } from '@ledgerline/es-core';
import { paymentEvents } from '@ledgerline/events';
import { z } from 'zod';

const { PaymentRequested, PaymentProcessed, PaymentDeclined, PaymentCancelled, RefundPaidOut } =
  paymentEvents.definitions;
const methodRule = 'must be a payment token of 1 to 64 printable characters without spaces';
const { refundId } = RefundPaidOut.shape;
const { orderId, amount } = PaymentRequested.shape;

export const paymentCommands = {
  RequestPayment: PaymentRequested.pick({ customerId: true, amount: true }).describe(
    'Of the order process: the customer is to pay.',
  ),
  ProcessPayment: z
    .strictObject({
      method: z.string({ error: methodRule }).regex(/^[!-~]{1,64}$/, { error: methodRule }),
    })
    .describe('Pays an order.'),
  RecordOutcome: z
    .discriminatedUnion('outcome', [
      PaymentProcessed.pick({ attempt: true, reference: true }).extend({ outcome: z.literal('processed') }),
      PaymentDeclined.pick({ attempt: true, reason: true }).extend({ outcome: z.literal('declined') }),
    ])
    .describe('What the gateway answered for one attempt.'),
  CancelPayment: PaymentCancelled.pick({ reason: true }).describe(
    'Of the order process: also where the payment was not requested yet.',
  ),
  ExpirePayment: z.strictObject({}).describe('The time to pay is over.'),
  RefundPayment: z
    .union([
      z.strictObject({
        ...{ refundId, orderId, returnId: orderId.optional(), amount: amount.optional() },
        reason: z.enum(['return', 'order-cancelled']),
      }),
      z.strictObject({
        refundId,
        orderId: z.undefined().optional(),
        returnId: orderId,
        amount,
        reason: z.literal('return'),
      }),
    ])
    .describe(
      'Names an order: sent to `payment-<orderId>`, and all that is left goes back when `amount` is left out. Names a return only: sent ' +
        'to `payment-<returnId>`, where no payment is needed before it.',
    ),
  RecordRefund: z.strictObject({ refundId }).describe('The gateway gave the money back.'),
};

/** A command as it is decided. */
export type Decided<Name extends keyof typeof paymentCommands> = { readonly at: string } & Immutable<
  OutputOf<(typeof paymentCommands)[Name]>
>;
