import type { Filter } from '@ledgerline/es-core';
import type { OrderPage, OrderSection, OrderStatus } from './order-page.projection.js';
import type { PaymentSection } from './payment-section.js';
import type { ReturnSection } from './return-section.js';

/** What `GET /orders/:id` of the projection service answers. */
export type OrderPageView = OrderSection & {
  /** Absent until the payment service has taken the order up. */
  readonly payment?: PaymentSection;
  readonly returns: readonly ReturnSection[];
};

/** Undefined until the order itself has come in, although its payment or a return may have. */
export const orderPageView = ({ order, payment, returns = [] }: OrderPage): OrderPageView | undefined => {
  if (!order) return undefined;
  return payment ? { ...order, payment, returns } : { ...order, returns };
};

export interface OrderPageQuery {
  readonly customerId?: string;
  readonly status?: OrderStatus;
  /** Inclusive, on `placedAt`. */
  readonly from?: string;
  /** Exclusive. */
  readonly to?: string;
  /** The last order of the page before. */
  readonly after?: { readonly placedAt: string; readonly orderId: string };
}

/** Newest first; orders of the same instant by id. */
export const orderPageSort = [
  ['placedAt', -1],
  ['orderId', 1],
] as const;

/** Finds orders for `orderPageView`: pages whose order has not come in yet have no `placedAt` and do not match. */
export const orderPageFilter = ({ customerId, status, from = '', to, after }: OrderPageQuery): Filter => ({
  ...(customerId === undefined ? {} : { customerId }),
  ...(status === undefined ? {} : { status }),
  placedAt: to === undefined ? { $gte: from } : { $gte: from, $lt: to },
  ...(after ? { $or: [{ placedAt: { $lt: after.placedAt } }, sameInstant(after)] } : {}),
});

const sameInstant = ({ placedAt, orderId }: { readonly placedAt: string; readonly orderId: string }): Filter => ({
  placedAt,
  orderId: { $gt: orderId },
});
