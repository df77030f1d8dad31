import { z } from 'zod';
import type { ServiceClient } from '../http/service-client.js';
import type { Shop } from '../http/shop.js';

const parkedDocument = z.object({
  ...{ id: z.string(), projection: z.string(), collection: z.string(), document: z.string(), reason: z.string() },
  ...{ since: z.string(), missed: z.array(z.string()) },
  event: z.object({
    ...{ position: z.string(), stream: z.string(), version: z.number(), type: z.string(), id: z.string() },
  }),
});
const parkedReaction = z.object({
  ...{ id: z.string(), reactor: z.string(), topic: z.string(), stream: z.string(), status: z.string() },
  ...{ code: z.string(), reason: z.string(), since: z.string() },
  message: z.object({ position: z.string(), type: z.string(), id: z.string() }),
});
const pageOf = <T extends z.ZodType>(item: T) => z.object({ items: z.array(item), next: z.string().optional() });
const retried = z.object({ id: z.string(), parked: z.union([parkedDocument, parkedReaction]).optional() });

/** A document that is not folded on. */
export type ParkedDocument = z.output<typeof parkedDocument>;
/** A stream that a reactor holds. */
export type ParkedReaction = z.output<typeof parkedReaction>;
/** What became of one: still parked when it failed again. */
export type Retried = z.output<typeof retried>;

/** All that is parked, with the service that knows of it. */
export interface ParkedList {
  readonly documents: readonly ParkedDocument[];
  readonly reactions: readonly ParkedReaction[];
  /** The service that has parked what the id names; the one of the read models where it is none of these. */
  ownerOf(id: string): ServiceClient;
}

/** @throws ServiceRefused, ServiceUnreachable */
export const readParked = async ({ orders, payments, projections }: Shop): Promise<ParkedList> => {
  const documents = await allOf(projections, pageOf(parkedDocument));
  const [ordersOwn, paymentsOwn] = [
    await allOf(orders, pageOf(parkedReaction)),
    await allOf(payments, pageOf(parkedReaction)),
  ];
  const owners = new Map<string, ServiceClient>([
    ...ordersOwn.map(({ id }) => [id, orders] as const),
    ...paymentsOwn.map(({ id }) => [id, payments] as const),
  ]);
  return { documents, reactions: [...ordersOwn, ...paymentsOwn], ownerOf: (id) => owners.get(id) ?? projections };
};

export const retryParked = (owner: ServiceClient, id: string): Promise<Retried> =>
  owner.json({ method: 'POST', path: `/parked/${encodeURIComponent(id)}/retry` }, retried);

export const discardParked = (owner: ServiceClient, id: string, reason: string): Promise<Retried> =>
  owner.json(
    {
      method: 'POST',
      path: `/parked/${encodeURIComponent(id)}/discard`,
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ reason }),
    },
    retried,
  );

/** Page by page. */
const allOf = async <T>(
  service: ServiceClient,
  page: z.ZodType<{ readonly items: T[]; readonly next?: string | undefined }>,
): Promise<readonly T[]> => {
  const all: T[] = [];
  for (let cursor = ''; ;) {
    const { items, next } = await service.json({ path: `/parked?limit=1000${cursor}` }, page);
    all.push(...items);
    if (next === undefined) return all;
    cursor = `&cursor=${encodeURIComponent(next)}`;
  }
};
