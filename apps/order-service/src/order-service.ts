import { environment, OwnEventStore, type ServiceConfig, type ServiceDefinition } from '@ledgerline/es-nest';
import { CART, ORDER, ordersTopic, paymentsTopic, RETURN } from '@ledgerline/events';
import { OrderServiceModule } from './order-service.module.js';

export const orderService: ServiceDefinition<ServiceConfig> = {
  name: 'order-service',
  description: 'Carts, orders and returns: what customers want of the shop.',
  environment,
  port: (config) => config.ORDER_SERVICE_PORT,
  module: OrderServiceModule,
  parts: [OwnEventStore],
  ownTopic: { ...ordersTopic, categories: [CART, ORDER, RETURN] },
  reactsTo: [ordersTopic, paymentsTopic],
};
