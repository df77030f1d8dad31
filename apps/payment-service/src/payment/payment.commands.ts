import type { CommandOf, Money } from '@ledgerline/events';
import { z } from 'zod';

const methodRule = 'must be a payment token of 1 to 64 printable characters without spaces';

export const processPayment = z
  .strictObject({
    method: z.string({ error: methodRule }).regex(/^[!-~]{1,64}$/, { error: methodRule }),
  })
  .describe('Pays an order.');

/** What people may ask of a payment. The others are the process's own: they follow from events, the gateway or the clock. */
export const paymentCommands = { ProcessPayment: processPayment } as const;

export type RequestPayment = CommandOf<
  'RequestPayment',
  { orderId: string; customerId: string; amount: Money; expiresAfterSeconds: number }
>;
export type ProcessPayment = CommandOf<'ProcessPayment', z.output<typeof processPayment>>;
/** What the gateway answered for one attempt. */
export type RecordOutcome = CommandOf<
  'RecordOutcome',
  { attempt: number } & ({ outcome: 'processed'; reference: string } | { outcome: 'declined'; reason: string })
>;
/** `orderId`, because the payment may not have been requested yet. */
export type CancelPayment = CommandOf<'CancelPayment', { orderId: string; reason: string }>;
export type ExpirePayment = CommandOf<'ExpirePayment', unknown>;
/**
 * Names an order: sent to `payment-<orderId>`, and all that is left goes back when `amount` is left out. Names a return
 * only: sent to `payment-<returnId>`, where no payment is needed before it.
 */
export type RefundPayment = CommandOf<
  'RefundPayment',
  { refundId: string } & (
    | { orderId: string; returnId?: string; amount?: Money; reason: 'return' | 'order-cancelled' }
    | { orderId?: undefined; returnId: string; amount: Money; reason: 'return' }
  )
>;
/** The gateway gave the money back. */
export type RecordRefund = CommandOf<'RecordRefund', { refundId: string }>;
export type PaymentCommand =
  RequestPayment | ProcessPayment | RecordOutcome | CancelPayment | ExpirePayment | RefundPayment | RecordRefund;
