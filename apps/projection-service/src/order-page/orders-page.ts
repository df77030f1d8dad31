import type { ParkedSign, Query } from '@ledgerline/es-nest-projections';
import { orderCursor } from './order-cursor.js';
import { orderListQuery } from './order-list.js';
import type { OrderPage } from './order-page.projection.js';
import { type OrderPageView, orderPageView } from './order-page.view.js';
import type { OrdersQuery } from './orders.query.js';

export interface OrdersPage extends ParkedSign {
  readonly items: readonly OrderPageView[];
  /** Absent on the last page. */
  readonly next?: string;
}

/** A page of the orders that are asked for. */
export const ordersOf = ({ limit, cursor, ...list }: OrdersQuery): Query<OrderPage, OrdersPage> => ({
  name: JSON.stringify([list, cursor, limit]),
  async fetch(documents) {
    const query = { ...orderListQuery(list, cursor?.place), limit: limit + 1 };
    const [found, sign] = await Promise.all([documents.find(query, orderPageView), documents.sign()]);
    const items = found.slice(0, limit);
    const last = items.at(-1);
    return { items, ...(found.length > limit && last && { next: orderCursor(last, list) }), ...sign };
  },
});
