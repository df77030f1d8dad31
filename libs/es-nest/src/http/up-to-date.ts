import type { ServiceEventStore } from '../store/service-event-store.js';
import { REACTED_TO } from '../reactions/reacted-to.js';
import { type AnyReply, headersOf } from './reply.js';
import { minPositions, READ_HERE, REACHED_WITHIN_MS, requireKnown, textIn } from './min-position.js';

/**
 * Resolves when what can be read of the stream is as new as the request has to see it: as `ServiceEventStore.ensureUpToDate` says, and no
 * older than its X-Min-Position. What follows from its X-Reacted-To another instance may have recorded, so the log is asked.
 * @throws ValidationFailed for a position outside of the own topic, PositionNotReached after five seconds.
 */
export const upToDate = async (store: ServiceEventStore, stream: string, reply: AnyReply): Promise<void> => {
  const headers = headersOf(reply);
  await store.whenOpen();
  const { topic, log } = store;
  const positions = minPositions(headers);
  requireKnown(positions, READ_HERE, (position) => position.topic === topic && position.partition < log.partitions);
  await Promise.all(positions.map((position) => store.requireReached(position, REACHED_WITHIN_MS)));
  await (textIn(headers, REACTED_TO) === undefined ? store.ensureUpToDate(stream) : store.catchUpWith(stream));
};
