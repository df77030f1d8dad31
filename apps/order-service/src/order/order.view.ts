import type { Order, OrderState } from './order.state.js';

/** What `GET /orders/:id` answers. */
export interface OrderView extends Order {
  readonly status: 'created' | 'confirmed' | 'cancelled';
  readonly confirmedAt?: string;
  readonly cancelledAt?: string;
  readonly reason?: string;
  readonly wasConfirmed?: boolean;
}

/** Undefined for an order that does not exist. */
export const orderView = (state: OrderState): OrderView | undefined => {
  if (state.status === 'absent') return undefined;
  const { order, ...progress } = state;
  if (!('returns' in progress)) return { ...order, ...progress };
  // The returns are streams of their own, with views of their own.
  const { returns: _returns, ...shown } = progress;
  return { ...order, ...shown };
};
