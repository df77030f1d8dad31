import { EventSourcingModule } from '@ledgerline/es-nest';
import { ordersCommands } from '@ledgerline/events';
import type { Surroundings } from '@ledgerline/shop-environment';
import type { DynamicModule } from '@nestjs/common';
import { OrderServiceModule } from './order-service.module.js';

export const ORDER_SERVICE = 'order-service';

export const orderService = (surroundings: Surroundings): DynamicModule => ({
  module: OrderServiceModule,
  imports: [
    EventSourcingModule.forRoot({
      ...{ ...surroundings, service: ORDER_SERVICE, routes: {} },
      description: 'Carts, orders and returns: what customers want of the shop.',
      commandsTopic: ordersCommands,
    }),
  ],
});
