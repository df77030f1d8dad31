import { OwnEventStore, type ServiceDefinition } from '@ledgerline/es-nest';
import { ordersTopicEvents, paymentEvents, paymentsCommands } from '@ledgerline/events';
import type { DynamicModule } from '@nestjs/common';
import { SandboxGateway } from './gateway/sandbox-gateway.js';
import { PAYMENT_CONFIG, type PaymentConfig } from './payment-environment.js';
import { payment } from './payment/payment.aggregate.js';
import { PaymentServiceModule } from './payment-service.module.js';

export const PAYMENT_SERVICE = 'payment-service';

export const paymentService = (config: PaymentConfig): ServiceDefinition => ({
  name: PAYMENT_SERVICE,
  description: 'Payments of orders, and refunds.',
  module: moduleWith(config),
  parts: [OwnEventStore, SandboxGateway],
  aggregates: [payment],
  commandsTopic: paymentsCommands,
  settings: { payWithin: config.PAYMENT_EXPIRES_AFTER_S },
  reactsTo: [paymentEvents, ...ordersTopicEvents],
});

const moduleWith = (config: PaymentConfig): DynamicModule => ({
  module: PaymentServiceModule,
  providers: [{ provide: PAYMENT_CONFIG, useValue: config }],
});
