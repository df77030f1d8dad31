import { formatPosition, type RawEvent } from '@ledgerline/es-core';
import { z } from 'zod';
import { limitInQuery, numberInQuery } from '../http/fields.js';
import type { OwnEventStore } from '../store/own-event-store.js';

export const trailQuery = z.strictObject({
  from: numberInQuery(1, Number.MAX_SAFE_INTEGER).default(1).describe('First version.'),
  limit: limitInQuery,
  raw: z
    .enum(['true', 'false'], { error: 'must be true or false' })
    .default('false')
    .describe("True: as it was stored, instead of in today's schema."),
});
export type TrailQuery = z.output<typeof trailQuery>;

export const trailEvent = z.object({
  stream: z.string(),
  version: z.int(),
  id: z.string(),
  type: z.string(),
  data: z.unknown(),
  time: z.string(),
  position: z.string(),
  commandId: z.string(),
  correlationId: z.string(),
  causationId: z.string(),
  actor: z.string(),
});
export const trailPage = z.object({
  items: z.array(trailEvent),
  next: z.int().optional().describe('`from` of the next page.'),
});
export type TrailPage = z.output<typeof trailPage>;

/** Events of the stream in order, each with who wanted it, when, and because of what. */
export const trailOf = (store: OwnEventStore, stream: string, { from, limit, raw }: TrailQuery): TrailPage => {
  const last = from + limit - 1;
  const items = [...store.read(stream, { from, to: last })].map((event) => itemOf(store, event, raw === 'true'));
  return store.version(stream) > last ? { items, next: last + 1 } : { items };
};

const itemOf = (store: OwnEventStore, { ordinal, data, ...event }: RawEvent, raw: boolean): TrailPage['items'][0] => {
  const position = formatPosition(store.positionOf(event.stream, ordinal));
  // A newer writer's event, which this code cannot read, is shown as it is stored.
  const today = raw ? undefined : store.ownTopic.catalogue.decode({ type: event.type, data });
  return { ...event, position, ...(today ?? { data: JSON.parse(data) as unknown }) };
};
