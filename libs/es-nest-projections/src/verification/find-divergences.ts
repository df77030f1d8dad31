import { partitionKey } from '@ledgerline/es-core';
import { documentIds } from '@ledgerline/es-core/runtime';
import { DocumentHistory } from './document-history.js';
import { eventsInTimeOrder } from './events-in-time-order.js';
import { appliedBy, type ReplayEnd, type ReplayOptions } from './replayed-log.js';
import { type Divergence, targetIn } from './verification.js';

/**
 * Looks at some documents as they are now, event by event: which differ from what the log gives, and since which event. What
 * was written between two looks, or removed, is thereby no divergence.
 */
export const findDivergences = async (
  options: ReplayOptions,
  ids: readonly string[],
): Promise<readonly Divergence[]> => {
  const applied = appliedBy(options.status());
  const stored = await options.store.load(options.collection, ids);
  const histories = new Map(ids.map((id) => [id, new DocumentHistory(options.projection, id, stored.get(id))]));
  const endOf = (key: string): ReplayEnd => ({
    ordinal: Math.max(...ids.map((id) => targetIn(key, stored.get(id), applied))),
    applied: applied.get(key) ?? 0,
  });
  for await (const event of eventsInTimeOrder(options, endOf)) {
    const { topic, partition, ordinal } = event.context;
    const key = partitionKey(topic, partition);
    for (const id of documentIds(options.projection, event))
      if (ordinal <= targetIn(key, stored.get(id), applied)) histories.get(id)?.take(event);
  }
  return [...histories.values()].flatMap((history) => history.divergence() ?? []);
};
