import {
  Aggregate,
  type CommandAnswer,
  type CommandMetadata,
  type ForwardedCommand,
  type Outcome,
  streamId,
  Turns,
  type Wish,
} from '@ledgerline/es-core';
import { OwnEventStore, ServicePersonalData } from '@ledgerline/es-nest';
import { CART, cartCatalogue, type CartEvent, ORDER } from '@ledgerline/events';
import { Injectable } from '@nestjs/common';
import type { z } from 'zod';
import { Orders } from '../order/orders.js';
import type { CartCommand, CheckOutCart, checkOutCart } from './cart.commands.js';
import type { CartState } from './cart.decider.js';
import { cartDeciderBeside } from './check-out-rules.js';

@Injectable()
export class Carts extends Aggregate<CartState, CartCommand, CartEvent> {
  /** A check-out may have to wait, and no later command of its cart must overtake it. */
  readonly #turns = new Turns();

  constructor(
    private readonly own: OwnEventStore,
    private readonly orders: Orders,
    personal: ServicePersonalData,
  ) {
    const decider = cartDeciderBeside((orderId) => orders.stateOf(orderId).state);
    super({
      ...{ store: own, platform: own.platform, category: CART, decider, catalogue: cartCatalogue },
      code: { from: import.meta.url, modules: ['./cart.decider.js', '@ledgerline/events'] },
      personal: { data: personal, subjectOf },
    });
  }

  /** The same command, to the byte, from `POST /orders` and from `POST /commands`: either may repeat the other. */
  checkOut(
    cartId: string,
    { orderId, customerId, country, placedAt, contact }: z.output<typeof checkOutCart>,
    metadata: CommandMetadata,
  ): Promise<CommandAnswer<CartEvent>> {
    const order = { orderId, customerId, country, placedAt, contact };
    return this.handle(cartId, { type: 'CheckOutCart', cartId, ...order }, metadata);
  }

  /**
   * A check-out looks at its order, whose partition another instance may be writing. Should it not see it all the same, the order is
   * refused, and the cart is opened again.
   */
  override decideHere(command: ForwardedCommand): Promise<Outcome> {
    const { orderId } = command.command as Partial<CheckOutCart>;
    const waits = command.command.type === 'CheckOutCart' && orderId !== undefined && !this.#isKnown(orderId);
    if (!waits && !this.#turns.isTaken(command.id)) return super.decideHere(command);
    return this.#turns.take(command.id, async () => {
      if (waits) await this.orders.fresh(orderId);
      return await super.decideHere(command);
    });
  }

  #isKnown(orderId: string): boolean {
    return this.own.isMine(streamId(ORDER, orderId));
  }
}

const subjectOf = (command: Wish<CartCommand>): string | undefined =>
  command.type === 'CheckOutCart' && command.contact ? command.customerId : undefined;
