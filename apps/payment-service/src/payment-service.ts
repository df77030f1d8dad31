import { EventSourcingModule } from '@ledgerline/es-nest';
import { paymentsCommands } from '@ledgerline/events';
import type { Surroundings } from '@ledgerline/shop-environment';
import type { DynamicModule } from '@nestjs/common';
import { PAYMENT_CONFIG, type PaymentConfig } from './payment-environment.js';
import { PaymentServiceModule } from './payment-service.module.js';

export const PAYMENT_SERVICE = 'payment-service';

export const paymentService = (config: PaymentConfig, surroundings: Surroundings): DynamicModule => ({
  module: PaymentServiceModule,
  imports: [
    EventSourcingModule.forRoot({
      ...{ ...surroundings, service: PAYMENT_SERVICE, routes: {} },
      description: 'Payments of orders, and refunds.',
      commandsTopic: paymentsCommands,
      settings: { payWithin: config.PAYMENT_EXPIRES_AFTER_S },
    }),
  ],
  providers: [{ provide: PAYMENT_CONFIG, useValue: config }],
});
