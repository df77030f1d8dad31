export * from './gateway/payment-gateway.js';
export { paymentCommands as paymentServiceCommands } from './payment/payment.commands.js';
export { paymentService } from './payment-service.js';
