import type { Immutable } from '@ledgerline/es-core';
import { type Money, type PaymentEvent, plus, type RefundPaidOut, storedMoney, zero } from '@ledgerline/events';
import { z } from 'zod';

const attempt = z.object({
  attempt: z.int(),
  method: z.string(),
  outcome: z.enum(['pending', 'processed', 'declined']),
  reason: z.string().optional(),
});

/** A payment that was cancelled or expired stays so when late money came in and went back. */
export const paymentSection = z.object({
  status: z.enum(['requested', 'processing', 'declined', 'processed', 'refunded', 'cancelled', 'expired']),
  /** Absent, as are the two that follow, where the order was cancelled before its payment was requested. */
  amount: storedMoney.optional(),
  paid: storedMoney.optional(),
  refunded: storedMoney.optional(),
  expiresAt: z.string().optional(),
  attempts: z.array(attempt),
});

export type PaymentAttempt = Immutable<z.output<typeof attempt>>;
export type PaymentSection = Immutable<z.output<typeof paymentSection>>;

/** The section after an event of the order's payment: they come in the order of their stream. */
export const paymentAfter = (
  before: PaymentSection | undefined,
  event: Exclude<PaymentEvent, RefundPaidOut>,
): PaymentSection => {
  const section: PaymentSection = before ?? { status: 'requested', attempts: [] };
  switch (event.type) {
    case 'PaymentRequested': {
      const { amount, expiresAt } = event.data;
      const nothing = { amount: zero(amount.currency), currency: amount.currency };
      return { ...section, amount, paid: nothing, refunded: nothing, expiresAt };
    }
    case 'PaymentAttempted': {
      const { attempt, method } = event.data;
      return {
        ...section,
        status: 'processing',
        attempts: [...section.attempts, { attempt, method, outcome: 'pending' }],
      };
    }
    case 'PaymentProcessed':
      return { ...answered(section, event.data.attempt, { outcome: 'processed' }), paid: event.data.amount };
    case 'PaymentDeclined':
      return answered(section, event.data.attempt, { outcome: 'declined', reason: event.data.reason });
    case 'PaymentCancelled':
      return { ...section, status: 'cancelled' };
    case 'PaymentExpired':
      return { ...section, status: 'expired' };
    case 'PaymentRefunded':
      return refunded(section, event.data.amount);
  }
};

type Answer = Pick<PaymentAttempt, 'reason'> & { readonly outcome: 'processed' | 'declined' };

const answered = (section: PaymentSection, attempt: number, answer: Answer): PaymentSection => ({
  ...section,
  status: section.status === 'processing' ? answer.outcome : section.status,
  attempts: section.attempts.map((made) => (made.attempt === attempt ? { ...made, ...answer } : made)),
});

const refunded = (section: PaymentSection, { amount, currency }: Money): PaymentSection => {
  const sum = { amount: plus(section.refunded?.amount ?? zero(currency), amount, currency), currency };
  const allWentBack = section.status === 'processed' && sum.amount === section.paid?.amount;
  return { ...section, refunded: sum, status: allWentBack ? 'refunded' : section.status };
};
