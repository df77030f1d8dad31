import type { DocumentQuery, Filter } from '@ledgerline/es-core';
import type { OrderStatus } from './order-section.js';

/** Which orders a list holds, and in which order. */
export interface OrderListQuery {
  readonly customerId?: string | undefined;
  readonly status?: OrderStatus | undefined;
  readonly country?: string | undefined;
  /** Inclusive, on `placedAt`. */
  readonly from?: string | undefined;
  /** Exclusive. */
  readonly to?: string | undefined;
  /** Oldest first, or newest first; orders of the same instant by id. */
  readonly sort: 'placedAt' | '-placedAt';
}

/**
 * The last order of a page. What it is sorted by never changes, so the next page is right whatever comes in between: an order
 * that is in the list all along is on one page.
 */
export interface PlaceInList {
  readonly placedAt: string;
  readonly orderId: string;
}

/**
 * Finds orders for `orderPageView`: pages whose order has not come in yet have no `placedAt` and do not match. `after` must be
 * a place in the same list.
 */
export const orderListQuery = (
  list: OrderListQuery,
  after?: PlaceInList,
): Required<Pick<DocumentQuery, 'filter' | 'sort'>> => {
  const { customerId, status, country, sort } = list;
  const filter = {
    ...(customerId !== undefined && { customerId }),
    ...(status !== undefined && { status }),
    ...(country !== undefined && { country }),
    placedAt: { ...lowerEnd(list, after), ...upperEnd(list, after) },
    ...(after && { $or: [beyond(after, sort), sameInstant(after)] }),
  };
  return {
    filter,
    sort: [
      ['placedAt', sort === 'placedAt' ? 1 : -1],
      ['orderId', 1],
    ],
  };
};

// `$or` demands as much, but only by a range an index is read from the page's beginning instead of the list's.
const lowerEnd = ({ from = '', sort }: OrderListQuery, after?: PlaceInList) => ({
  $gte: after && sort === 'placedAt' && after.placedAt > from ? after.placedAt : from,
});

const upperEnd = ({ to, sort }: OrderListQuery, after?: PlaceInList) => {
  if (after && sort === '-placedAt' && (to === undefined || after.placedAt < to)) return { $lte: after.placedAt };
  return to === undefined ? {} : { $lt: to };
};

const beyond = ({ placedAt }: PlaceInList, sort: OrderListQuery['sort']): Filter => ({
  placedAt: sort === 'placedAt' ? { $gt: placedAt } : { $lt: placedAt },
});

const sameInstant = ({ placedAt, orderId }: PlaceInList): Filter => ({ placedAt, orderId: { $gt: orderId } });
