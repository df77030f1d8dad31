import { OwnEventStore, rehearseOwnTopic, type ServiceDefinition, ServicePersonalData } from '@ledgerline/es-nest';
import { CART, ORDER, ordersTopic, paymentsTopic, RETURN, SUBJECT } from '@ledgerline/events';
import { OrderServiceModule } from './order-service.module.js';
import { rehearsedAggregates } from './rehearsed-aggregates.js';
import { ForgottenAgain } from './subject/forgotten-again.js';

export const orderService: ServiceDefinition = {
  name: 'order-service',
  description: 'Carts, orders and returns: what customers want of the shop.',
  module: OrderServiceModule,
  parts: [ServicePersonalData, OwnEventStore, ForgottenAgain],
  ownTopic: { ...ordersTopic, categories: [CART, ORDER, RETURN, SUBJECT] },
  reactsTo: [ordersTopic, paymentsTopic],
  rehearse: (storage) => rehearseOwnTopic(orderService, { storage, aggregates: rehearsedAggregates }),
};
