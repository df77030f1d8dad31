export * from './gateway/payment-gateway.js';
export { paymentCommands as paymentServiceCommands } from './payment/payment.commands.js';
export { type PaymentConfig, paymentEnvironment } from './payment-environment.js';
export { paymentService } from './payment-service.js';
