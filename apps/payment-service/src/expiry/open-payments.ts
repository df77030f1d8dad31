import type { ReaderState, Recorded } from '@ledgerline/es-core';
import { type PaymentEvent } from '@ledgerline/events';
import { z } from 'zod';

const openPayment = z.object({
  orderId: z.string(),
  expiresAt: z.string(),
  /** Id of the event that requested it: what its expiry derives from. */
  requestId: z.string(),
  /** Of the conversation in which it was requested. */
  correlationId: z.string(),
});
/** A payment that may still be paid, until it expires. */
export type OpenPayment = z.output<typeof openPayment>;

const readerState = z.object({
  logId: z.string(),
  ordinal: z.int(),
  head: z.string(),
  headOffset: z.int(),
  time: z.string(),
});
const saved = z.object({ states: z.array(readerState.nullable()), open: z.array(openPayment) });

/** Which payments are open, folded from the log, and how far it was read for that. */
export class OpenPayments {
  readonly #open = new Map<string, OpenPayment>();
  readonly states: (ReaderState | null)[] = [];

  /** What was saved, where that is of this log. */
  static restored(text: string | undefined, logId: string): OpenPayments {
    const payments = new OpenPayments();
    const parsed = text === undefined ? undefined : saved.safeParse(JSON.parse(text)).data;
    if (!parsed || parsed.states.some((state) => state !== null && state.logId !== logId)) return payments;
    payments.states.push(...parsed.states);
    for (const payment of parsed.open) payments.#open.set(payment.orderId, payment);
    return payments;
  }

  fold(event: Recorded<PaymentEvent>): void {
    const { type, data, context } = event;
    switch (type) {
      case 'PaymentRequested': {
        const { id: requestId, correlationId } = context;
        this.#open.set(data.orderId, { orderId: data.orderId, expiresAt: data.expiresAt, requestId, correlationId });
        break;
      }
      case 'PaymentDeclined':
        if (data.final) this.#open.delete(data.orderId);
        break;
      case 'PaymentProcessed':
      case 'PaymentCancelled':
      case 'PaymentExpired':
        this.#open.delete(data.orderId);
        break;
      default: // Attempts and refunds change nothing about when a payment expires.
    }
  }

  /** Those whose time is over at `now`, and the moment at which the next one's is. */
  due(now: string): { readonly due: readonly OpenPayment[]; readonly next: string | undefined } {
    const due: OpenPayment[] = [];
    let next: string | undefined;
    for (const payment of this.#open.values())
      if (payment.expiresAt <= now) due.push(payment);
      else if (next === undefined || payment.expiresAt < next) next = payment.expiresAt;
    return { due, next };
  }

  saved(): string {
    return JSON.stringify({ states: this.states, open: [...this.#open.values()] });
  }
}
