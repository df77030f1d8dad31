import { rehearsed, type RehearsedAggregate, type Wish } from '@ledgerline/es-core';
import { PAYMENT, paymentEvents, type PaymentEvent } from '@ledgerline/events';
import type { PaymentConfig } from '../payment-environment.js';
import { paymentDeciderWith, type PaymentWish } from './payments.js';

/** The commands are told from what they recorded. What a refund was asked for is not: it may have been all that was left. */
const commandsOf = ([event]: readonly PaymentEvent[]): readonly Wish<PaymentWish>[] => {
  switch (event?.type) {
    case 'PaymentRequested': {
      const { orderId, customerId, amount } = event.data;
      return [{ type: 'RequestPayment', orderId, customerId, amount }];
    }
    case 'PaymentAttempted':
      return [{ type: 'ProcessPayment', method: event.data.method }];
    case 'PaymentProcessed': {
      const { attempt, reference } = event.data;
      return [{ type: 'RecordOutcome', attempt, outcome: 'processed', reference }];
    }
    case 'PaymentDeclined': {
      const { attempt, reason } = event.data;
      return [{ type: 'RecordOutcome', attempt, outcome: 'declined', reason }];
    }
    case 'PaymentCancelled':
      return [{ type: 'CancelPayment', ...event.data }];
    case 'PaymentExpired':
      return [{ type: 'ExpirePayment' }];
    case 'RefundPaidOut':
      return [{ type: 'RecordRefund', refundId: event.data.refundId }];
    case 'PaymentRefunded':
    case undefined:
      return [];
  }
};

/** With the time to pay that is set now: where another one was, requests are decided otherwise. */
export const rehearsedPayments = ({ PAYMENT_EXPIRES_AFTER_S }: PaymentConfig): RehearsedAggregate =>
  rehearsed({
    ...{ category: PAYMENT, decider: paymentDeciderWith(PAYMENT_EXPIRES_AFTER_S), catalogue: paymentEvents },
    commandsOf,
  });
