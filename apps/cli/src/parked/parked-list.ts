import { z } from 'zod';
import type { Shop } from '../http/shop.js';

const parkedDocument = z.object({
  ...{ id: z.string(), projection: z.string(), collection: z.string(), document: z.string(), reason: z.string() },
  ...{ since: z.string(), missed: z.array(z.string()) },
  event: z.object({
    ...{ position: z.string(), stream: z.string(), version: z.number(), type: z.string(), id: z.string() },
  }),
});
const page = z.object({ items: z.array(parkedDocument), next: z.string().optional() });
const retried = z.object({ id: z.string(), parked: parkedDocument.optional() });

/** A document that is not folded on. */
export type ParkedDocument = z.output<typeof parkedDocument>;
/** What became of one: still parked when the fold failed again. */
export type Retried = z.output<typeof retried>;

type Projections = Pick<Shop, 'projections'>;

/** All of them, page by page. @throws ServiceRefused */
export const readParked = async ({ projections }: Projections): Promise<readonly ParkedDocument[]> => {
  const all: ParkedDocument[] = [];
  for (let cursor = ''; ;) {
    const { items, next } = await projections.json({ path: `/parked?limit=1000${cursor}` }, page);
    all.push(...items);
    if (next === undefined) return all;
    cursor = `&cursor=${encodeURIComponent(next)}`;
  }
};

export const retryParked = ({ projections }: Projections, id: string): Promise<Retried> =>
  projections.json({ method: 'POST', path: `/parked/${encodeURIComponent(id)}/retry` }, retried);

export const discardParked = ({ projections }: Projections, id: string, reason: string): Promise<Retried> =>
  projections.json(
    {
      method: 'POST',
      path: `/parked/${encodeURIComponent(id)}/discard`,
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ reason }),
    },
    retried,
  );
