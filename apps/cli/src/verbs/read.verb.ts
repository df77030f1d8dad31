import { z } from 'zod';
import { withShop } from '../http/shop.js';
import type { Result } from '../terminal/print.js';
import { ownerOf } from './owning-service.js';

const event = z.looseObject({
  version: z.number(),
  type: z.string(),
  time: z.string(),
  actor: z.string(),
  position: z.string(),
  data: z.unknown(),
});
const page = z.object({ items: z.array(event), next: z.number().optional() });

export interface ReadOptions {
  readonly from: number;
  readonly limit: number;
  /** As the events are stored, instead of in today's schema. */
  readonly raw?: boolean;
}

const PAGE = 1_000;

/** `es read STREAM` */
export const readVerb = async (stream: string, { from, limit, raw = false }: ReadOptions): Promise<Result> => {
  const items: z.output<typeof event>[] = [];
  let next: number | undefined = from;
  await withShop(async (shop) => {
    while (next !== undefined && items.length < limit) {
      const query = `from=${next}&limit=${Math.min(PAGE, limit - items.length)}&raw=${raw}`;
      const answer = await ownerOf(stream, shop).json({ path: `/streams/${stream}/events?${query}` }, page);
      items.push(...answer.items);
      next = answer.next;
    }
  });
  const lines = items.map(
    ({ version, time, type, actor, data }) => `${version}  ${time}  ${type}  by ${actor}\n   ${JSON.stringify(data)}`,
  );
  const more = next === undefined ? [] : [`There are more: --from ${next}`];
  const json = next === undefined ? { stream, items } : { stream, items, next };
  return { json, text: [...lines, ...more].join('\n') || `${stream} has no events from version ${from}` };
};
