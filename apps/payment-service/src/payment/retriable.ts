/** Rules that say yes a moment later: the payment is on its way, or the gateway is asked at this moment. */
export const RETRIABLE: ReadonlySet<string> = new Set(['payment-not-requested', 'payment-in-progress']);
