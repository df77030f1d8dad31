import { z } from 'zod';
import type { ServiceClient } from '../http/service-client.js';
import type { PlannedGroup } from './retail-plan.js';

const orderListed = z.object({ orderId: z.string(), status: z.string(), total: z.string() });
const page = z.object({ items: z.array(orderListed), next: z.string().optional() });

type OrderListed = z.output<typeof orderListed>;

export interface UnfinishedOrder {
  readonly orderId: string;
  readonly status: string;
}

const UNFINISHED = ['created', 'cancelled'] as const;

/** Orders of these sales that are not confirmed, by what the read models say. Usually none, so this is two requests. */
export const unfinishedOrders = async (
  sales: readonly PlannedGroup[],
  projections: ServiceClient,
): Promise<readonly UnfinishedOrder[]> => {
  const found = await Promise.all(UNFINISHED.map((status) => ordersOf(sales, { status }, projections)));
  return found.flat().map(({ orderId, status }) => ({ orderId, status }));
};

export interface DifferingOrder {
  readonly orderId: string;
  /** In the shop. */
  readonly total: string;
  readonly inFile: string;
}

/**
 * Orders that come to something else than their sales in the file. Rows that a file does not have any more, or refuses
 * now, ask for nothing that could be rejected: of an order that was placed before, or of a cart that was begun before.
 */
export const differingOrders = async (
  sales: readonly PlannedGroup[],
  totals: ReadonlyMap<string, string>,
  projections: ServiceClient,
): Promise<readonly DifferingOrder[]> => {
  const placed = await ordersOf(
    sales.filter(({ invoiceNo }) => totals.has(invoiceNo)),
    {},
    projections,
  );
  return placed.flatMap(({ orderId, total }) => {
    const inFile = totals.get(orderId);
    return inFile === undefined || inFile === total ? [] : [{ orderId, total, inFile }];
  });
};

/** The orders of these sales that the read models list, page by page. */
const ordersOf = async (
  sales: readonly PlannedGroup[],
  filter: Readonly<Record<string, string>>,
  projections: ServiceClient,
): Promise<readonly OrderListed[]> => {
  if (sales.length === 0) return [];
  const wanted = new Set(sales.map(({ invoiceNo }) => invoiceNo));
  const times = sales.map(({ time }) => time).sort();
  const query = { ...filter, limit: '1000', from: times[0] ?? '', to: momentAfter(times.at(-1) ?? '') };
  const orders: OrderListed[] = [];
  for (let cursor: string | undefined, first = true; first || cursor !== undefined; first = false) {
    const search = new URLSearchParams(cursor === undefined ? query : { ...query, cursor });
    const { items, next } = await projections.json({ path: `/orders?${search}` }, page);
    orders.push(...items.filter(({ orderId }) => wanted.has(orderId)));
    cursor = next;
  }
  return orders;
};

const momentAfter = (time: string): string => new Date(Date.parse(time) + 1).toISOString();
