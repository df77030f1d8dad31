import { type Decider, type Decision, reject } from '@ledgerline/es-core';
import { compareAmounts, type ReturnEvent } from '@ledgerline/events';
import type { OrderState } from '../order/order.decider.js';
import type { ReturnCommand } from './return.commands.js';
import { returnDecider, type ReturnState } from './return.decider.js';

/**
 * The return's rules, and what a return cannot know: whether the order it names can take it. Asked in the command's turn,
 * so a repeat is answered as the first time whatever became of the order.
 */
export const returnDeciderBeside = (
  orderOf: (orderId: string) => OrderState,
): Decider<ReturnState, ReturnCommand, ReturnEvent> => ({
  ...returnDecider,
  decide(state, command) {
    const decision = returnDecider.decide(state, command);
    const [registered] = decision.events ?? [];
    const orderId = registered?.data.orderId;
    if (!registered || orderId === undefined) return decision;
    return objectionTo(registered, orderOf(orderId)) ?? decision;
  },
});

const objectionTo = ({ data }: ReturnEvent, state: OrderState): Decision<ReturnEvent> | undefined => {
  if (state.status === 'absent') return reject('order-not-found', `there is no order ${data.orderId}`);
  if (state.status !== 'confirmed')
    return reject('order-not-confirmed', `order ${data.orderId} is ${state.status}; only a paid one takes goods back`);
  const { currency, total } = state.order;
  if (currency !== data.currency)
    return reject('currency-mismatch', `order ${data.orderId} is in ${currency}, the return in ${data.currency}`);
  if (compareAmounts(data.total, total) > 0)
    return reject('return-exceeds-order', `the return is worth ${data.total} ${currency}, the order ${total}`);
  return undefined;
};
