import { OwnEventStore, type ServiceDefinition, ServicePersonalData } from '@ledgerline/es-nest';
import { ordersCommands, ordersTopicEvents, paymentEvents } from '@ledgerline/events';
import { aggregates, OrderServiceModule } from './order-service.module.js';
import { ErasureReconciler } from './subject/erasure-reconciler.js';

export const orderService: ServiceDefinition = {
  name: 'order-service',
  description: 'Carts, orders and returns: what customers want of the shop.',
  module: OrderServiceModule,
  parts: [ServicePersonalData, OwnEventStore, ErasureReconciler],
  aggregates,
  commandsTopic: ordersCommands,
  reactsTo: [...ordersTopicEvents, paymentEvents],
};
