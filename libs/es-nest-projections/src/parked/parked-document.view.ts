import { formatPosition } from '@ledgerline/es-core';
import type { Parked } from '@ledgerline/es-core/generations';
import { z } from 'zod';
import { parkedId } from './parked-id.js';
import type { ParkedDocument } from './parked-page.js';

export const parkedAnswer = z.object({
  id: z.string().describe('For retry and discard; another one once it is parked because of another event.'),
  projection: z.string(),
  collection: z.string().describe('Of the generation that the document is in.'),
  document: z.string().describe("The document's id."),
  reason: z.string().describe('What the fold said.'),
  since: z.iso.datetime(),
  event: z.object({
    ...{ position: z.string(), stream: z.string(), version: z.int() },
    ...{ type: z.string().describe('The one that the fold could not take.'), id: z.string() },
  }),
  missed: z.array(z.string()).describe('Per partition the newest event that was not applied.'),
});
export const parkedListAnswer = z.object({ items: z.array(parkedAnswer), next: z.string().optional() });
export const retriedAnswer = z.object({
  id: z.string(),
  parked: parkedAnswer.optional().describe('There when the fold failed again, at this event or a later one.'),
});

export const parkedView = (
  { projection, collection, stored }: ParkedDocument,
  { event, reason, at, missed }: Parked,
): z.output<typeof parkedAnswer> => {
  const { stream, version, type, id } = event;
  const position = formatPosition(event);
  return {
    ...{ id: parkedId({ projection, collection, id: stored.id, event: position }), projection, collection },
    ...{ document: stored.id, reason, since: at, event: { position, stream, version, type, id } },
    missed: Object.entries(missed).map(([key, ordinal]) => `${key}@${ordinal}`),
  };
};
