import { reject } from '@ledgerline/es-core';

export const paymentNotRequested = reject('payment-not-requested', 'the payment has not been requested yet');
export const paymentAlreadyProcessed = reject('payment-already-processed', 'the payment was processed');
export const paymentCancelled = reject('payment-cancelled', 'the payment was cancelled');
export const paymentExpired = reject('payment-expired', 'the time to pay is over');
