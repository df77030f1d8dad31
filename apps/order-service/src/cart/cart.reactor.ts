import { type CommandRejected, idOf, type Recorded } from '@ledgerline/es-core';
import { reactorMetadata } from '@ledgerline/es-nest';
import { Controller } from '@nestjs/common';
import { EventPattern } from '@nestjs/microservices';
import { ORDER_PROCESS } from '../order/create-order.js';
import { Orders } from '../order/orders.js';
import { Carts } from './carts.js';

/** The cart's part of the order process: what became no order is a cart again. */
@Controller()
export class CartReactor {
  constructor(
    private readonly carts: Carts,
    private readonly orders: Orders,
  ) {}

  /**
   * Two carts were checked out into one order at the same time: the verdict is all there is to learn it from. What it was
   * decided on is folded by now.
   */
  @EventPattern('CreateOrderRejected')
  async reopen(verdict: Recorded<CommandRejected>): Promise<void> {
    const orderId = idOf(verdict.context.stream);
    const { state } = this.orders.stateOf(orderId);
    const cartId = cartOf(verdict);
    if (state.status === 'absent' || state.order.cartId === cartId) return;
    const metadata = reactorMetadata(verdict, 'ReopenCart', ORDER_PROCESS);
    await this.carts.handle(cartId, { type: 'ReopenCart', orderId, reason: verdict.data.code }, metadata);
  }
}

/** CreateOrder follows from a check-out alone, so its cause is an event of the cart, `cart-<id>@<version>`. */
const cartOf = ({ context }: Recorded): string => idOf(context.causationId.slice(0, context.causationId.indexOf('@')));
