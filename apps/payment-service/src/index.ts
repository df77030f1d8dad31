export { paymentCommands as paymentServiceCommands } from './payment/payment.commands.js';
export { paymentService } from './payment-service.js';
