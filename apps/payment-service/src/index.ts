export * from './gateway/payment-gateway.js';
export { type PaymentConfig, paymentEnvironment } from './payment-environment.js';
export { PAYMENT_SERVICE, paymentService } from './payment-service.js';
