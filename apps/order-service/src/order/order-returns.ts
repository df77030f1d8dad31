import { accept, type Decision, reject } from '@ledgerline/es-core';
import {
  amountsLeft,
  amountsLess,
  amountsOf,
  compareAmounts,
  minus,
  type OrderEvent,
  type ProductAmounts,
  type ReturnAccepted,
  type ReturnRegistered,
  sumOfAmounts,
} from '@ledgerline/events';
import { registrationOf } from '../return/return.aggregate.js';
import { bytesOf, MAX_BYTES_WITH_HEADROOM, MAX_EVENT_BYTES } from '../event-size-headroom.js';
import type { AcceptedReturn, Order, OrderState } from './order.state.js';

type OrderDecision = Decision<OrderEvent>;

/** The whole registration, and the id under which it is registered once the order has accepted. */
type AcceptReturn = Omit<ReturnAccepted['data'], 'worth'> & { readonly type: string; readonly at: string };

/**
 * Decided on the order's own stream before the return is registered: this is what keeps all returns together within the
 * order. What is accepted breaks none of a return's own rules, but for the one that its id is not taken.
 */
export const acceptReturn = (state: OrderState, command: AcceptReturn): OrderDecision => {
  const { type: _type, at: _at, commandId, ...goods } = command;
  const registration = registrationOf(command);
  if (registration.rejection) return registration;
  const [registered] = registration.events;
  if (!registered) throw new Error(`return ${goods.returnId} would register nothing`);
  const worth = amountsOf(registered.data);
  return (
    objectionTo(registered.data, state) ??
    tooLarge(registered.data) ??
    accept({ type: 'ReturnAccepted', data: { commandId, ...goods, worth } })
  );
};

/** Frees what an accepted return took of the order, and names what a cancellation since then left to it. */
export const releaseReturn = (
  state: OrderState,
  { returnId, reason }: { readonly returnId: string; readonly reason: string },
): OrderDecision => {
  if (!('returns' in state)) return accept();
  const others = state.returns.filter((other) => other.returnId !== returnId);
  if (others.length === state.returns.length) return accept();
  const { orderId, customerId, country, currency } = state.order;
  const data = { orderId, customerId, country, currency, returnId, reason };
  if (state.status !== 'cancelled') return accept({ type: 'ReturnReleased', data });
  const left = (returns: readonly AcceptedReturn[]): ProductAmounts =>
    amountsLeft(state.order, sumOf(returns, currency));
  const leftOut = amountsLess(left(others), left(state.returns), currency);
  const refund = { cancelledAt: state.cancelledAt, ...leftOut };
  return accept({ type: 'ReturnReleased', data: { ...data, refund } });
};

/** What has come back of the order; undefined where nothing has. */
export const returnedOf = (state: OrderState): ProductAmounts | undefined =>
  'returns' in state && state.returns.length > 0 ? sumOf(state.returns, state.order.currency) : undefined;

const objectionTo = (data: ReturnRegistered['data'], state: OrderState): OrderDecision | undefined => {
  const { orderId, returnId, currency } = data;
  if (state.status === 'absent') return reject('order-not-found', `there is no order ${orderId}`);
  if ('returns' in state && state.returns.some((other) => other.returnId === returnId))
    return reject('return-exists', `return ${returnId} exists already`);
  if (state.status !== 'confirmed')
    return reject('order-not-confirmed', `order ${orderId} is ${state.status}; only a paid one takes goods back`);
  const { order, returns } = state;
  if (order.currency !== currency)
    return reject('currency-mismatch', `order ${orderId} is in ${order.currency}, the return in ${currency}`);
  const before = sumOf(returns, currency);
  const left = minus(order.total, before.total, currency);
  if (compareAmounts(data.total, left) > 0)
    return reject(
      'return-exceeds-order',
      `the return is worth ${data.total} ${currency}, of the order's ${order.total} are left ${left}`,
    );
  return leavesRoomToCancel(order, sumOfAmounts([before, amountsOf(data)], currency));
};

// The order's cancellation says what had come back, product by product: a cancellation must never be too large.
const leavesRoomToCancel = (order: Order, returned: ProductAmounts): OrderDecision | undefined =>
  bytesOf({ ...order, returned }) > MAX_BYTES_WITH_HEADROOM
    ? reject('returns-too-large', `the returns of order ${order.orderId} name too many products for it to be cancelled`)
    : undefined;

// Found out while the order can still say no: nothing but a taken id keeps an accepted return from being registered.
const tooLarge = (data: ReturnRegistered['data']): OrderDecision | undefined => {
  const bytes = bytesOf(data);
  return bytes > MAX_EVENT_BYTES
    ? reject('event-too-large', `return ${data.returnId} has ${bytes} bytes; at most ${MAX_EVENT_BYTES} are allowed`)
    : undefined;
};

const sumOf = (returns: readonly AcceptedReturn[], currency: string): ProductAmounts =>
  sumOfAmounts(
    returns.map(({ worth }) => worth),
    currency,
  );
