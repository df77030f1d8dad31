import { accept, type Decision, defineAggregate, reject } from '@ledgerline/es-core';
import { cartCheckedOutV1, type OrderEvent, orderEvents, reasonField, returnAcceptedV1 } from '@ledgerline/events';
import { z } from 'zod';
import { acceptReturn, releaseReturn, returnedOf } from './order-returns.js';
import type { Order, OrderState } from './order.state.js';

type OrderDecision = Decision<OrderEvent>;

/** What a customer ordered: created from a cart, confirmed once it is paid, cancelled by the customer or the process. */
export const order = defineAggregate({
  category: 'order',
  events: orderEvents,
  commands: {
    CancelOrder: z.strictObject({ reason: reasonField }).describe('Cancels the order; what was paid goes back.'),
    CreateOrder: cartCheckedOutV1.describe('Of the order process: everything is in the event that it follows from.'),
    ConfirmOrder: z.strictObject({}).describe('Of the order process: the order is paid.'),
    AcceptReturn: returnAcceptedV1
      .omit({ worth: true })
      .describe(
        'Of the order process: goods of the order come back, to be registered under `commandId` once the order has accepted.',
      ),
    ReleaseReturn: orderEvents.definitions.ReturnReleased.pick({ returnId: true, reason: true }).describe(
      'Of the order process: the return that was accepted could not be registered.',
    ),
  },
  internal: ['CreateOrder', 'ConfirmOrder', 'AcceptReturn', 'ReleaseReturn'],
  initialState: { status: 'absent' } as OrderState,

  decide: {
    CreateOrder: (state, { type: _type, at: createdAt, ...order }) =>
      state.status === 'absent'
        ? accept({ type: 'OrderCreated', data: { ...order, createdAt } })
        : reject('order-exists', `order ${order.orderId} exists already`),
    ConfirmOrder: (state, { at }) => confirm(state, at),
    CancelOrder(state, { reason, at }) {
      if (state.status === 'absent') return orderNotFound;
      // Cancelling twice changes nothing: clients retry.
      if (state.status === 'cancelled') return accept();
      const returned = returnedOf(state);
      const data = { ...ordered(state.order), cancelledAt: at, reason, wasConfirmed: state.status === 'confirmed' };
      return accept({ type: 'OrderCancelled', data: returned ? { ...data, returned } : data });
    },
    AcceptReturn: acceptReturn,
    ReleaseReturn: releaseReturn,
  },

  evolve: {
    OrderCreated: (_state, { data }) => ({ status: 'created', order: data }),
    OrderConfirmed: (state, { data: { confirmedAt } }) =>
      state.status === 'absent' ? state : { status: 'confirmed', order: state.order, confirmedAt, returns: [] },
    OrderCancelled(state, { data: { cancelledAt, reason, wasConfirmed } }) {
      if (state.status === 'absent') return state;
      const returns = 'returns' in state ? state.returns : [];
      return { status: 'cancelled', order: state.order, cancelledAt, reason, wasConfirmed, returns };
    },
    ReturnAccepted: (state, { data: { returnId, worth } }) =>
      'returns' in state ? { ...state, returns: [...state.returns, { returnId, worth }] } : state,
    ReturnReleased: (state, { data }) =>
      'returns' in state
        ? { ...state, returns: state.returns.filter(({ returnId }) => returnId !== data.returnId) }
        : state,
  },

  rehearse: {
    OrderCreated: ({ data: { createdAt: _createdAt, ...order } }) => ({ type: 'CreateOrder', ...order }),
    OrderConfirmed: () => ({ type: 'ConfirmOrder' }),
    OrderCancelled: ({ data: { reason } }) => ({ type: 'CancelOrder', reason }),
    ReturnAccepted: ({ data: { worth: _worth, ...goods } }) => ({ type: 'AcceptReturn', ...goods }),
    ReturnReleased: ({ data: { returnId, reason } }) => ({ type: 'ReleaseReturn', returnId, reason }),
  },
});

const confirm = (state: OrderState, confirmedAt: string): OrderDecision => {
  switch (state.status) {
    case 'absent':
      return orderNotFound;
    case 'created':
      return accept({ type: 'OrderConfirmed', data: { ...ordered(state.order), confirmedAt } });
    case 'confirmed':
      return accept();
    case 'cancelled':
      return reject('order-cancelled', 'the order was cancelled');
  }
};

/** What later events repeat of the first. */
const ordered = ({ cartId: _cartId, createdAt: _createdAt, ...data }: Order): Omit<Order, 'cartId' | 'createdAt'> =>
  data;

const orderNotFound = reject('order-not-found', 'there is no such order');
