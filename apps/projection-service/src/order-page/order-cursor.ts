import { isId } from '@ledgerline/es-core';
import { z } from 'zod';
import type { OrderPageQuery } from './order-page.view.js';

type Place = NonNullable<OrderPageQuery['after']>;

const place = z.tuple([z.iso.datetime({ precision: 3 }), z.string().refine(isId)]);
const rule = 'must be the "next" of an earlier answer, unchanged';

/** Names the last order of a page by what it is sorted by, so that the next page is right whatever came in between. */
export const orderCursor = ({ placedAt, orderId }: Place): string =>
  Buffer.from(JSON.stringify([placedAt, orderId])).toString('base64url');

export const cursorInQuery = z.string({ error: rule }).transform((text, context): Place => {
  const found = placeIn(text);
  if (found) return found;
  context.issues.push({ code: 'custom', message: rule, input: text });
  return z.NEVER;
});

const placeIn = (text: string): Place | undefined => {
  const bytes = Buffer.from(text, 'base64url');
  if (bytes.toString('base64url') !== text) return undefined;
  try {
    const [placedAt, orderId] = place.parse(JSON.parse(bytes.toString('utf8')));
    return { placedAt, orderId };
  } catch {
    return undefined; // Not one of ours, whatever it is.
  }
};
