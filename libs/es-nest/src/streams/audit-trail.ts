import { formatPosition } from '@ledgerline/es-core';
import type { RawEvent } from '@ledgerline/es-core/adapter';
import { wholeCommits } from '@ledgerline/es-core/runtime';
import { z } from 'zod';
import { limitInQuery, numberInQuery } from '../http/fields.js';
import type { ServiceEventStore } from '../store/service-event-store.js';

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
export const trailOf = (store: ServiceEventStore, stream: string, { from, limit, raw }: TrailQuery): TrailPage => {
  const last = from + limit - 1;
  const items = raw === 'true' ? stored(store, stream, { from, last }) : today(store, stream, { from, last });
  return store.version(stream) > last ? { items, next: last + 1 } : { items };
};

type TrailItem = TrailPage['items'][0];

interface Range {
  readonly from: number;
  readonly last: number;
}

const stored = (store: ServiceEventStore, stream: string, { from, last }: Range): TrailItem[] =>
  [...store.read(stream, { from, to: last })].map((event) => asStored(store, event));

/** What is none of today's events, or only newer code can read, is shown as it is stored. */
const today = (store: ServiceEventStore, stream: string, { from, last: to }: Range): TrailItem[] => {
  const items: TrailItem[] = [];
  for (const commit of wholeCommits((...range) => store.read(...range), { stream, from, to }))
    store.writtenTopic.catalogue.decode(commit).forEach((events, i) => {
      const raw = commit[i];
      if (!raw || raw.version < from || raw.version > to) return;
      if (typeof events === 'string' || events.length === 0) items.push(asStored(store, raw));
      else for (const { type, data } of events) items.push({ ...itemOf(store, raw), type, data });
    });
  return items;
};

const asStored = (store: ServiceEventStore, raw: RawEvent): TrailItem => ({
  ...itemOf(store, raw),
  data: JSON.parse(raw.data) as unknown,
});

const itemOf = (store: ServiceEventStore, { ordinal, data: _data, ...event }: RawEvent): Omit<TrailItem, 'data'> => ({
  ...event,
  position: formatPosition(store.positionOf(event.stream, ordinal)),
});
