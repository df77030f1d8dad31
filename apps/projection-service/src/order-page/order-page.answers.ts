import { contactAnswer, orderLineV1 } from '@ledgerline/events';
import { z } from 'zod';
import { parkedSign } from '../parked/parked-sign.js';

const money = z.object({ amount: z.string(), currency: z.string() });

const payment = z.object({
  status: z.enum(['requested', 'processing', 'declined', 'processed', 'refunded', 'cancelled', 'expired']),
  amount: money.optional(),
  paid: money.optional(),
  refunded: money.optional(),
  expiresAt: z.string().optional(),
  attempts: z.array(
    z.object({
      attempt: z.int(),
      method: z.string(),
      outcome: z.enum(['pending', 'processed', 'declined']),
      reason: z.string().optional(),
    }),
  ),
});

/** `GET /orders/:id`, for the description of the service. */
export const orderAnswer = z.object({
  orderId: z.string(),
  status: z.enum(['created', 'confirmed', 'cancelled']),
  customerId: z.string(),
  country: z.string(),
  placedAt: z.string(),
  createdAt: z.string().optional(),
  contact: contactAnswer.optional(),
  confirmedAt: z.string().optional(),
  cancelledAt: z.string().optional(),
  reason: z.string().optional(),
  currency: z.string(),
  lines: z.array(orderLineV1),
  total: z.string(),
  payment: payment.optional().describe('Absent until the payment service has taken the order up.'),
  returns: z.array(z.looseObject({ returnId: z.string() })),
  parked: parkedSign,
});

export const ordersAnswer = z.object({
  items: z.array(orderAnswer),
  next: z.string().optional().describe('For `cursor`; absent on the last page.'),
  parked: parkedSign,
});
