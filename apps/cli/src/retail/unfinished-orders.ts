import { z } from 'zod';
import type { ServiceClient } from '../http/service-client.js';
import type { PlannedInvoice } from './retail-plan.js';

const page = z.object({
  items: z.array(z.object({ orderId: z.string(), status: z.string() })),
  next: z.string().optional(),
});

export interface UnfinishedOrder {
  readonly orderId: string;
  readonly status: string;
}

const STATUSES = ['created', 'cancelled'] as const;

/** Orders of these sales that are not confirmed, by what the read models say. Usually none, so this is two requests. */
export const unfinishedOrders = async (
  sales: readonly PlannedInvoice[],
  projections: ServiceClient,
): Promise<readonly UnfinishedOrder[]> => {
  if (sales.length === 0) return [];
  const ours = new Set(sales.map(({ invoiceNo }) => invoiceNo));
  const found = await Promise.all(STATUSES.map((status) => ordersWith(status, sales, projections)));
  return found.flat().filter(({ orderId }) => ours.has(orderId));
};

const ordersWith = async (
  status: string,
  sales: readonly PlannedInvoice[],
  projections: ServiceClient,
): Promise<UnfinishedOrder[]> => {
  const times = sales.map(({ time }) => time).sort();
  const query = { status, limit: '1000', from: times[0] ?? '', to: momentAfter(times.at(-1) ?? '') };
  const orders: UnfinishedOrder[] = [];
  for (let cursor: string | undefined, first = true; first || cursor !== undefined; first = false) {
    const search = new URLSearchParams(cursor === undefined ? query : { ...query, cursor });
    const { items, next } = await projections.json({ path: `/orders?${search}` }, page);
    orders.push(...items);
    cursor = next;
  }
  return orders;
};

const momentAfter = (time: string): string => new Date(Date.parse(time) + 1).toISOString();
