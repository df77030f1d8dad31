import { Aggregate, type Decider } from '@ledgerline/es-core';
import { OwnEventStore } from '@ledgerline/es-nest';
import { PAYMENT, paymentEvents, type PaymentEvent } from '@ledgerline/events';
import { Inject, Injectable } from '@nestjs/common';
import { PAYMENT_CONFIG, type PaymentConfig } from '../payment-environment.js';
import type { PaymentCommand, RequestPayment } from './payment.commands.js';
import { paymentDecider } from './payment.decider.js';
import type { PaymentState } from './payment.state.js';

/** A request says nothing of how long it may be paid: that is this service's setting, and no part of what is wished for. */
export type PaymentWish = Exclude<PaymentCommand, RequestPayment> | Omit<RequestPayment, 'expiresAfterSeconds'>;

/**
 * The time to pay comes in when a request is decided. In the command it would make a repeat after a change of the setting
 * another command under the same id.
 */
export const paymentDeciderWith = (expiresAfterSeconds: number): Decider<PaymentState, PaymentWish, PaymentEvent> => ({
  ...paymentDecider,
  decide: (state, wish) =>
    paymentDecider.decide(state, wish.type === 'RequestPayment' ? { ...wish, expiresAfterSeconds } : wish),
});

@Injectable()
export class Payments extends Aggregate<PaymentState, PaymentWish, PaymentEvent> {
  constructor(store: OwnEventStore, @Inject(PAYMENT_CONFIG) config: PaymentConfig) {
    const decider = paymentDeciderWith(config.PAYMENT_EXPIRES_AFTER_S);
    super({
      ...{ store, platform: store.platform, category: PAYMENT, decider, catalogue: paymentEvents },
      code: { from: import.meta.url, modules: ['./payment.decider.js', '@ledgerline/events'] },
    });
  }
}
