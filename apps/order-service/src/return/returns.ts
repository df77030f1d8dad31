import { Aggregate, type CommandAnswer, type CommandMetadata } from '@ledgerline/es-core';
import { OwnEventStore } from '@ledgerline/es-nest';
import { RETURN, returnCatalogue, type ReturnEvent } from '@ledgerline/events';
import { Injectable } from '@nestjs/common';
import type { z } from 'zod';
import { Orders } from '../order/orders.js';
import type { registerReturn, ReturnCommand } from './return.commands.js';
import type { ReturnState } from './return.decider.js';
import { returnDeciderBeside } from './return-of-order.js';

@Injectable()
export class Returns extends Aggregate<ReturnState, ReturnCommand, ReturnEvent> {
  constructor(store: OwnEventStore, orders: Orders) {
    const decider = returnDeciderBeside((orderId) => orders.stateOf(orderId).state);
    super({ store, platform: store.platform, category: RETURN, decider, catalogue: returnCatalogue });
  }

  /** The same command, to the byte, from `POST /returns` and from `POST /commands`: either may repeat the other. */
  register(
    returnId: string,
    { orderId, customerId, country, lines, registeredAt }: z.output<typeof registerReturn>,
    metadata: CommandMetadata,
  ): Promise<CommandAnswer<ReturnEvent>> {
    const fields = { returnId, orderId, customerId, country, lines, registeredAt };
    return this.handle(returnId, { type: 'RegisterReturn', ...fields }, metadata);
  }
}
