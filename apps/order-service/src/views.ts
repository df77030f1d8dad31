import { contactAnswer } from '@ledgerline/events';
import { z } from 'zod';

/* What views look like, for the OpenAPI document. */

const line = z.object({
  lineId: z.string(),
  sku: z.string(),
  description: z.string().optional(),
  quantity: z.int(),
  unitPrice: z.string(),
  amount: z.string(),
});
const ordered = {
  customerId: z.string(),
  country: z.string(),
  currency: z.string(),
  lines: z.array(line),
  total: z.string(),
};

export const cartViewSchema = z.object({
  cartId: z.string(),
  status: z.enum(['open', 'checked-out']),
  lines: z.array(line),
  currency: z.string().optional(),
  total: z.string().optional(),
  orderId: z.string().optional(),
  customerId: z.string().optional(),
  country: z.string().optional(),
  placedAt: z.string().optional(),
  contact: contactAnswer.optional(),
});

export const orderViewSchema = z.object({
  orderId: z.string(),
  cartId: z.string(),
  status: z.enum(['created', 'confirmed', 'cancelled']),
  ...ordered,
  placedAt: z.string(),
  createdAt: z.string(),
  contact: contactAnswer.optional(),
  confirmedAt: z.string().optional(),
  cancelledAt: z.string().optional(),
  reason: z.string().optional(),
  wasConfirmed: z.boolean().optional(),
});

export const returnViewSchema = z.object({
  returnId: z.string(),
  orderId: z.string().optional(),
  status: z.literal('registered'),
  ...ordered,
  registeredAt: z.string(),
});
