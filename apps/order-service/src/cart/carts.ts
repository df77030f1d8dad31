import { Aggregate, type CommandAnswer, type CommandMetadata } from '@ledgerline/es-core';
import { OwnEventStore } from '@ledgerline/es-nest';
import { CART, cartCatalogue, type CartEvent } from '@ledgerline/events';
import { Injectable } from '@nestjs/common';
import type { z } from 'zod';
import { Orders } from '../order/orders.js';
import type { CartCommand, checkOutCart } from './cart.commands.js';
import type { CartState } from './cart.decider.js';
import { cartDeciderBeside } from './check-out-rules.js';

@Injectable()
export class Carts extends Aggregate<CartState, CartCommand, CartEvent> {
  constructor(store: OwnEventStore, orders: Orders) {
    const decider = cartDeciderBeside((orderId) => orders.stateOf(orderId).state);
    super({ store, platform: store.platform, category: CART, decider, catalogue: cartCatalogue });
  }

  /** The same command, to the byte, from `POST /orders` and from `POST /commands`: either may repeat the other. */
  checkOut(
    cartId: string,
    { orderId, customerId, country, placedAt }: z.output<typeof checkOutCart>,
    metadata: CommandMetadata,
  ): Promise<CommandAnswer<CartEvent>> {
    return this.handle(cartId, { type: 'CheckOutCart', cartId, orderId, customerId, country, placedAt }, metadata);
  }
}
