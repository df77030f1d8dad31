import { written } from '@ledgerline/es-nest';
import { z } from 'zod';

/* What a payment looks like, for the OpenAPI document. */

const money = z.object({ amount: z.string(), currency: z.string() });

export const paymentViewSchema = z.object({
  paymentId: z.string(),
  orderId: z.string().optional(),
  status: z.enum(['requested', 'processing', 'declined', 'processed', 'cancelled', 'expired', 'refunded']),
  amount: money.optional(),
  paid: money.optional(),
  refunded: money.optional(),
  attempts: z.array(
    z.object({
      attempt: z.int(),
      method: z.string(),
      outcome: z.enum(['pending', 'processed', 'declined']),
      reference: z.string().optional(),
      reason: z.string().optional(),
    }),
  ),
  refunds: z.array(z.looseObject({ refundId: z.string(), amount: money, reason: z.string() })),
  expiresAt: z.string().optional(),
  reason: z.string().optional(),
});

export const processAnswer = written.extend(paymentViewSchema.shape);
