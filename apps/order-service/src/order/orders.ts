import { Aggregate } from '@ledgerline/es-core';
import { OwnEventStore } from '@ledgerline/es-nest';
import { ORDER, orderCatalogue, type OrderEvent } from '@ledgerline/events';
import { Injectable } from '@nestjs/common';
import type { OrderCommand } from './order.commands.js';
import { orderDecider } from './order.decider.js';
import type { OrderState } from './order.state.js';

@Injectable()
export class Orders extends Aggregate<OrderState, OrderCommand, OrderEvent> {
  constructor(store: OwnEventStore) {
    super({
      ...{ store, platform: store.platform, category: ORDER, decider: orderDecider, catalogue: orderCatalogue },
      code: { from: import.meta.url, modules: ['./order.decider.js', '@ledgerline/events'] },
    });
  }
}
