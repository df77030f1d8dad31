import { environment, wholeNumber } from '@ledgerline/shop-environment';
import { z } from 'zod';

export const paymentEnvironment = environment.extend({
  /** How long a payment may be paid, from its request. */
  PAYMENT_EXPIRES_AFTER_S: wholeNumber(1, 31_536_000).default(1_800),
  /** Where the sandbox gateway keeps its ledger; of `DATA_DIR` unless said otherwise, and one for all instances. */
  GATEWAY_DIR: z.string().optional(),
});

export type PaymentConfig = z.output<typeof paymentEnvironment>;

/** What the service's providers are given their configuration by. */
export const PAYMENT_CONFIG = Symbol('PaymentConfig');
