import { EventSourcingModule } from '@ledgerline/es-nest';
import { Module } from '@nestjs/common';
import { PAYMENT_GATEWAY } from './gateway/payment-gateway.js';
import { SandboxGateway } from './gateway/sandbox-gateway.js';
import { payment } from './payment/payment.aggregate.js';
import { PaymentController } from './payment/payment.controller.js';
import { PaymentOutcomes } from './payment/payment-outcomes.js';
import { PaymentReactor } from './payment/payment.reactor.js';

@Module({
  imports: [EventSourcingModule.forFeature({ aggregates: [payment] })],
  controllers: [PaymentController],
  providers: [
    PaymentReactor,
    PaymentOutcomes,
    SandboxGateway,
    { provide: PAYMENT_GATEWAY, useExisting: SandboxGateway },
  ],
})
export class PaymentServiceModule {}
