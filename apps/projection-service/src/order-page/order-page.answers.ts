import { parkedSign } from '@ledgerline/es-nest-projections';
import { contactAnswer, orderLineV1 } from '@ledgerline/events';
import { z } from 'zod';
import { orderStatus } from './order-section.js';
import { paymentSection } from './payment-section.js';

/** `GET /orders/:id`, for the description of the service. */
export const orderAnswer = z.object({
  orderId: z.string(),
  status: orderStatus,
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
  payment: paymentSection.optional().describe('Absent until the payment service has taken the order up.'),
  returns: z.array(z.looseObject({ returnId: z.string() })),
  parked: parkedSign,
});

export const ordersAnswer = z.object({
  items: z.array(orderAnswer),
  next: z.string().optional().describe('For `cursor`; absent on the last page.'),
  parked: parkedSign,
});
