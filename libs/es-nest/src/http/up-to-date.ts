import type { FastifyReply } from 'fastify';
import type { OwnEventStore } from '../store/own-event-store.js';
import { minPositions, REACHED_WITHIN_MS, requireKnown } from './min-position.js';

/**
 * Resolves when what can be read of the stream is as new as the request has to see it: as `OwnEventStore.fresh` says, and no
 * older than its X-Min-Position.
 * @throws ValidationFailed for a position outside of the own topic, PositionNotReached after five seconds.
 */
export const upToDate = async (store: OwnEventStore, stream: string, { request }: FastifyReply): Promise<void> => {
  const { topic, log } = store;
  const positions = minPositions(request.headers);
  requireKnown(positions, (position) => position.topic === topic && position.partition < log.partitions);
  await Promise.all(positions.map((position) => store.requireReached(position, REACHED_WITHIN_MS)));
  await store.fresh(stream);
};
