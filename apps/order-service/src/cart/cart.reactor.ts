import { idOf, type RejectionOf, send, type Sends } from '@ledgerline/es-core';
import { type AggregateOf, InjectAggregate, OnRejected, Reactor } from '@ledgerline/es-nest';
import { orderEvents } from '@ledgerline/events';
import { ORDER_PROCESS } from '../order/create-order.js';
import { order } from '../order/order.aggregate.js';
import { cart } from './cart.aggregate.js';

type CreateOrderRejected = RejectionOf<typeof orderEvents, 'CreateOrder'>;

/** The cart's part of the order process: what became no order is a cart again. */
@Reactor(ORDER_PROCESS, { from: 'start' })
export class CartReactor {
  constructor(@InjectAggregate(order) private readonly orders: AggregateOf<typeof order>) {}

  /**
   * Two carts were checked out into one order at the same time: the rejection is all there is to learn it from. What it was
   * decided on is folded by now.
   */
  @OnRejected(orderEvents, 'CreateOrder')
  reopen(rejection: CreateOrderRejected): Sends {
    const orderId = rejection.context.aggregateId;
    const { state } = this.orders.stateOf(orderId);
    const cartId = cartOf(rejection);
    if (state.status === 'absent' || state.order.cartId === cartId) return;
    return send(cart, cartId, { type: 'ReopenCart', orderId, reason: rejection.data.code });
  }
}

/** CreateOrder follows from a check-out alone, so its cause is an event of the cart, `cart-<id>@<version>`. */
const cartOf = ({ context }: CreateOrderRejected): string =>
  idOf(context.causationId.slice(0, context.causationId.indexOf('@')));
