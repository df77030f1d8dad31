import { OwnEventStore, rehearseOwnTopic, type ServiceDefinition } from '@ledgerline/es-nest';
import { ordersTopic, PAYMENT, paymentsTopic } from '@ledgerline/events';
import { PaymentExpiry } from './expiry/payment-expiry.js';
import { SandboxGateway } from './gateway/sandbox-gateway.js';
import { type PaymentConfig, paymentEnvironment } from './payment-environment.js';
import { rehearsedPayments } from './payment/rehearsed-payments.js';
import { PaymentServiceModule } from './payment-service.module.js';

export const paymentService: ServiceDefinition<PaymentConfig> = {
  name: 'payment-service',
  description: 'Payments of orders, and refunds.',
  environment: paymentEnvironment,
  port: (config) => config.PAYMENT_SERVICE_PORT,
  module: PaymentServiceModule,
  parts: [OwnEventStore, SandboxGateway, PaymentExpiry],
  ownTopic: { ...paymentsTopic, categories: [PAYMENT] },
  reactsTo: [paymentsTopic, ordersTopic],
  rehearse: (given) => rehearseOwnTopic(paymentService, { ...given, aggregates: [rehearsedPayments(given.config)] }),
};
