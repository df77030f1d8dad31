import { Module } from '@nestjs/common';
import { CommandsController } from './commands/commands.controller.js';
import { PaymentExpiry } from './expiry/payment-expiry.js';
import { PAYMENT_GATEWAY } from './gateway/payment-gateway.js';
import { SandboxGateway } from './gateway/sandbox-gateway.js';
import { PaymentController } from './payment/payment.controller.js';
import { PaymentOutcomes } from './payment/payment-outcomes.js';
import { PaymentReactor } from './payment/payment.reactor.js';
import { Payments } from './payment/payments.js';

@Module({
  controllers: [PaymentController, CommandsController, PaymentReactor],
  providers: [
    Payments,
    PaymentOutcomes,
    PaymentExpiry,
    SandboxGateway,
    { provide: PAYMENT_GATEWAY, useExisting: SandboxGateway },
  ],
})
export class PaymentServiceModule {}
