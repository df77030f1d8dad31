import { environment, wholeNumber } from '@ledgerline/es-nest';
import type { z } from 'zod';

export const paymentEnvironment = environment.extend({
  /** How long a payment may be paid, from its request. */
  PAYMENT_EXPIRES_AFTER_S: wholeNumber(1, 31_536_000).default(1_800),
});

export type PaymentConfig = z.output<typeof paymentEnvironment>;
