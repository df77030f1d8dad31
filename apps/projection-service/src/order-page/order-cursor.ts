import { z } from 'zod';
import { type ListCursor, listCursor, listCursorInQuery, listName } from '@ledgerline/es-nest-projections';
import type { OrderListQuery, PlaceInList } from './order-list.js';

/** Also one of before `.` and `..` were refused. */
const orderId = z.string().regex(/^[A-Za-z0-9._-]{1,128}$/);
const parts = z.tuple([z.iso.datetime({ precision: 3 }), orderId, z.string()]);

export const otherListRule =
  'must be the "next" of an answer to the same customerId, status, country, from, to and sort';

export const orderCursor = ({ placedAt, orderId }: PlaceInList, list: OrderListQuery): string =>
  listCursor([placedAt, orderId], nameOf(list));

export const cursorInQuery = listCursorInQuery(parts, (placedAt, orderId): PlaceInList => ({ placedAt, orderId }));

export const isOfList = (cursor: ListCursor<PlaceInList>, list: OrderListQuery): boolean =>
  cursor.list === nameOf(list);

const nameOf = ({ customerId, status, country, from, to, sort }: OrderListQuery): string =>
  listName([customerId, status, country, from, to, sort]);
