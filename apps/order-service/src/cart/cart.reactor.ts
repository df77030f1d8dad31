import { idOf, type RejectionOf } from '@ledgerline/es-core';
import { type AggregateOf, InjectAggregate, reactorMetadata } from '@ledgerline/es-nest';
import type { orderEvents } from '@ledgerline/events';
import { Controller } from '@nestjs/common';
import { EventPattern } from '@nestjs/microservices';
import { ORDER_PROCESS } from '../order/create-order.js';
import { order } from '../order/order.aggregate.js';
import { cart } from './cart.aggregate.js';

type CreateOrderRejected = RejectionOf<typeof orderEvents, 'CreateOrder'>;

/** The cart's part of the order process: what became no order is a cart again. */
@Controller()
export class CartReactor {
  constructor(
    @InjectAggregate(cart) private readonly carts: AggregateOf<typeof cart>,
    @InjectAggregate(order) private readonly orders: AggregateOf<typeof order>,
  ) {}

  /**
   * Two carts were checked out into one order at the same time: the rejection is all there is to learn it from. What it was
   * decided on is folded by now.
   */
  @EventPattern('CreateOrderRejected')
  async reopen(rejection: CreateOrderRejected): Promise<void> {
    const orderId = rejection.context.aggregateId;
    const { state } = this.orders.stateOf(orderId);
    const cartId = cartOf(rejection);
    if (state.status === 'absent' || state.order.cartId === cartId) return;
    const metadata = reactorMetadata(rejection, 'ReopenCart', ORDER_PROCESS);
    await this.carts.send(cartId, { type: 'ReopenCart', orderId, reason: rejection.data.code }, metadata);
  }
}

/** CreateOrder follows from a check-out alone, so its cause is an event of the cart, `cart-<id>@<version>`. */
const cartOf = ({ context }: CreateOrderRejected): string =>
  idOf(context.causationId.slice(0, context.causationId.indexOf('@')));
