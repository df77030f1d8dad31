import { createHash } from 'node:crypto';
import { isId } from '@ledgerline/es-core';
import { z } from 'zod';
import type { OrderListQuery, PlaceInList } from './order-list.js';

const parts = z.tuple([z.iso.datetime({ precision: 3 }), z.string().refine(isId), z.string()]);

/** The last order of a page, and which list it is a page of. */
export interface OrderCursor {
  readonly place: PlaceInList;
  readonly list: string;
}

export const cursorRule = 'must be the "next" of an earlier answer, unchanged';
export const otherListRule =
  'must be the "next" of an answer to the same customerId, status, country, from, to and sort';

export const orderCursor = ({ placedAt, orderId }: PlaceInList, list: OrderListQuery): string =>
  Buffer.from(JSON.stringify([placedAt, orderId, nameOf(list)])).toString('base64url');

export const cursorInQuery = z.string({ error: cursorRule }).transform((text, context): OrderCursor => {
  const found = cursorIn(text);
  if (found) return found;
  context.issues.push({ code: 'custom', message: cursorRule, input: text });
  return z.NEVER;
});

export const isOfList = (cursor: OrderCursor, list: OrderListQuery): boolean => cursor.list === nameOf(list);

/** Short: two lists of one name would only be a mistake that goes unnoticed. */
const nameOf = ({ customerId, status, country, from, to, sort }: OrderListQuery): string =>
  createHash('sha256')
    .update(JSON.stringify([customerId, status, country, from, to, sort]))
    .digest('base64url')
    .slice(0, 8);

const cursorIn = (text: string): OrderCursor | undefined => {
  const bytes = Buffer.from(text, 'base64url');
  if (bytes.toString('base64url') !== text) return undefined;
  try {
    const [placedAt, orderId, list] = parts.parse(JSON.parse(bytes.toString('utf8')));
    return { place: { placedAt, orderId }, list };
  } catch {
    return undefined; // Not one of ours, whatever it is.
  }
};
