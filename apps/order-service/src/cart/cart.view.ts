import type { Immutable } from '@ledgerline/es-core';
import { type Contact, type OrderLine, priced } from '@ledgerline/events';
import type { CartState } from './cart.state.js';

/** What `GET /carts/:id` answers. */
export interface CartView {
  readonly cartId: string;
  readonly status: 'open' | 'checked-out';
  readonly lines: readonly OrderLine[];
  /** Absent while nothing was ever added. */
  readonly currency?: string;
  readonly total?: string;
  /** Once it is checked out. */
  readonly orderId?: string;
  readonly customerId?: string;
  readonly country?: string;
  readonly placedAt?: string;
  readonly contact?: Immutable<Contact>;
}

/** The cart's id comes from its stream: an open cart's events do not repeat it. */
export const cartView = (cartId: string, cart: CartState): CartView => {
  if (cart.status === 'checked-out') return { ...cart.order, cartId, status: cart.status };
  const { status, currency } = cart;
  return currency === undefined
    ? { cartId, status, lines: [] }
    : { cartId, status, currency, ...priced(cart.lines, currency) };
};
