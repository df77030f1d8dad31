import { type Decider, type Decision, EventTooLarge, reject, streamId } from '@ledgerline/es-core';
import { CART, type CartEvent } from '@ledgerline/events';
import type { OrderState } from '../order/order.state.js';
import { bytesOf, MAX_BYTES_BEFORE_LATER } from '../room-for-later.js';
import type { CartCommand } from './cart.commands.js';
import { cartDecider, type CartState } from './cart.decider.js';

/**
 * The cart's rules, and what a cart cannot know: that its order's id is taken. Asked in the command's turn, so a repeat is
 * answered as the first time although the order exists by then.
 */
export const cartDeciderBeside = (
  orderOf: (orderId: string) => OrderState,
): Decider<CartState, CartCommand, CartEvent> => ({
  ...cartDecider,
  decide(cart, command) {
    if (command.type !== 'CheckOutCart' || cart.status !== 'open') return cartDecider.decide(cart, command);
    const { orderId, cartId } = command;
    const decision = cartDecider.decide(cart, command);
    if (decision.events && orderOf(orderId).status !== 'absent')
      return reject('order-exists', `order ${orderId} exists already`);
    return fitting(decision, cartId);
  },
});

/** @throws EventTooLarge */
const fitting = (decision: Decision<CartEvent>, cartId: string): Decision<CartEvent> => {
  for (const { type, data } of decision.events ?? []) {
    const bytes = bytesOf(data);
    if (bytes > MAX_BYTES_BEFORE_LATER)
      throw new EventTooLarge(streamId(CART, cartId), type, bytes, MAX_BYTES_BEFORE_LATER);
  }
  return decision;
};
