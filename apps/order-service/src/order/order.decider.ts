import { accept, type Decider, type Decision, ignoreUnknown, reject, unreachable } from '@ledgerline/es-core';
import type { OrderEvent } from '@ledgerline/events';
import type { CancelOrder, CreateOrder, OrderCommand } from './order.commands.js';
import type { OrderState } from './order.state.js';
import { acceptReturn, releaseReturn, returnedOf } from './order-returns.js';

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
      case 'AcceptReturn':
        return acceptReturn(state, command);
      case 'ReleaseReturn':
        return releaseReturn(state, command);
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
        return { status: 'confirmed', order: state.order, confirmedAt: event.data.confirmedAt, returns: [] };
      case 'OrderCancelled': {
        if (state.status === 'absent') return state;
        const { cancelledAt, reason, wasConfirmed } = event.data;
        const returns = 'returns' in state ? state.returns : [];
        return { status: 'cancelled', order: state.order, cancelledAt, reason, wasConfirmed, returns };
      }
      case 'ReturnAccepted': {
        if (!('returns' in state)) return state;
        const { returnId, worth } = event.data;
        return { ...state, returns: [...state.returns, { returnId, worth }] };
      }
      case 'ReturnReleased':
        if (!('returns' in state)) return state;
        return { ...state, returns: state.returns.filter(({ returnId }) => returnId !== event.data.returnId) };
      default:
        return ignoreUnknown(event, state);
    }
  },
};

const create = (state: OrderState, { type: _type, at: createdAt, ...order }: CreateOrder): OrderDecision =>
  state.status === 'absent'
    ? accept({ type: 'OrderCreated', data: { ...order, createdAt } })
    : reject('order-exists', `order ${order.orderId} exists already`);

const confirm = (state: OrderState, at: string): OrderDecision => {
  switch (state.status) {
    case 'absent':
      return orderNotFound;
    case 'created': {
      const { cartId: _cartId, createdAt: _createdAt, ...ordered } = state.order;
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
  const { cartId: _cartId, createdAt: _createdAt, ...ordered } = state.order;
  const data = { ...ordered, cancelledAt: at, reason, wasConfirmed: state.status === 'confirmed' };
  const returned = returnedOf(state);
  return accept({ type: 'OrderCancelled', data: returned ? { ...data, returned } : data });
};

const orderNotFound = reject('order-not-found', 'there is no such order');
