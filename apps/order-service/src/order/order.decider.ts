import { accept, type Decider, type Decision, ignoreUnknown, reject, unreachable } from '@ledgerline/es-core';
import type { OrderCreated, OrderEvent } from '@ledgerline/events';
import type { CancelOrder, CreateOrder, OrderCommand } from './order.commands.js';

export type OrderState =
  | { readonly status: 'absent' }
  | { readonly status: 'created'; readonly order: Order }
  | { readonly status: 'confirmed'; readonly order: Order; readonly confirmedAt: string }
  | {
      readonly status: 'cancelled';
      readonly order: Order;
      readonly cancelledAt: string;
      readonly reason: string;
      readonly wasConfirmed: boolean;
    };

export type Order = OrderCreated['data'];
type OrderDecision = Decision<OrderEvent>;

/** What a customer ordered: created from a cart, confirmed once it is paid, cancelled by the customer or the process. */
export const orderDecider: Decider<OrderState, OrderCommand, OrderEvent> = {
  initialState: { status: 'absent' },

  decide(state, command) {
    switch (command.type) {
      case 'CreateOrder':
        return create(state, command);
      case 'ConfirmOrder':
        return confirm(state, command.at);
      case 'CancelOrder':
        return cancel(state, command);
      default:
        return unreachable(command);
    }
  },

  evolve(state, event) {
    switch (event.type) {
      case 'OrderCreated':
        return { status: 'created', order: event.data };
      case 'OrderConfirmed':
        if (state.status === 'absent') return state;
        return { status: 'confirmed', order: state.order, confirmedAt: event.data.confirmedAt };
      case 'OrderCancelled': {
        if (state.status === 'absent') return state;
        const { cancelledAt, reason, wasConfirmed } = event.data;
        return { status: 'cancelled', order: state.order, cancelledAt, reason, wasConfirmed };
      }
      default:
        return ignoreUnknown(event, state);
    }
  },
};

const create = (state: OrderState, { type: _type, at: _at, ...order }: CreateOrder): OrderDecision =>
  state.status === 'absent'
    ? accept({ type: 'OrderCreated', data: order })
    : reject('order-exists', `order ${order.orderId} exists already`);

const confirm = (state: OrderState, at: string): OrderDecision => {
  switch (state.status) {
    case 'absent':
      return orderNotFound;
    case 'created': {
      const { cartId: _cartId, ...ordered } = state.order;
      return accept({ type: 'OrderConfirmed', data: { ...ordered, confirmedAt: at } });
    }
    case 'confirmed':
      return accept();
    case 'cancelled':
      return reject('order-cancelled', 'the order was cancelled');
  }
};

const cancel = (state: OrderState, { reason, at }: CancelOrder): OrderDecision => {
  if (state.status === 'absent') return orderNotFound;
  // Cancelling twice is the same wish twice: clients retry.
  if (state.status === 'cancelled') return accept();
  const { cartId: _cartId, ...ordered } = state.order;
  const wasConfirmed = state.status === 'confirmed';
  return accept({ type: 'OrderCancelled', data: { ...ordered, cancelledAt: at, reason, wasConfirmed } });
};

const orderNotFound = reject('order-not-found', 'there is no such order');
