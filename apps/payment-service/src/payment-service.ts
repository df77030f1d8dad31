import { OwnEventStore, rehearseOwnTopic, type ServiceDefinition } from '@ledgerline/es-nest';
import { ordersTopic, PAYMENT, paymentsTopic } from '@ledgerline/events';
import type { DynamicModule } from '@nestjs/common';
import { PaymentExpiry } from './expiry/payment-expiry.js';
import { SandboxGateway } from './gateway/sandbox-gateway.js';
import { PAYMENT_CONFIG, type PaymentConfig } from './payment-environment.js';
import { rehearsedPayments } from './payment/rehearsed-payments.js';
import { PaymentServiceModule } from './payment-service.module.js';

export const paymentService = (config: PaymentConfig): ServiceDefinition => {
  const service: ServiceDefinition = {
    name: PAYMENT_SERVICE,
    description: 'Payments of orders, and refunds.',
    module: moduleWith(config),
    parts: [OwnEventStore, SandboxGateway, PaymentExpiry],
    ownTopic: { ...paymentsTopic, categories: [PAYMENT] },
    reactsTo: [paymentsTopic, ordersTopic],
    rehearse: (storage) => rehearseOwnTopic(service, { storage, aggregates: [rehearsedPayments(config)] }),
  };
  return service;
};

export const PAYMENT_SERVICE = 'payment-service';

const moduleWith = (config: PaymentConfig): DynamicModule => ({
  module: PaymentServiceModule,
  providers: [{ provide: PAYMENT_CONFIG, useValue: config }],
});
