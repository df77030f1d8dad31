import { EsError } from '@ledgerline/es-core';
import type { Storage } from '@ledgerline/es-core/adapter';
import { ordersCommands, paymentsCommands } from '@ledgerline/events';
import { TOPICS } from './topics.js';

/** There are events that this command line does not know of: whatever it said of all of them would leave these out. */
class UnknownTopic extends EsError {
  constructor(topics: readonly string[], why: string) {
    const names = topics.join(', ');
    super('unknown-topic', `${names}: ${why}. Nothing was done`, false, { topics: names });
  }
}

/** @throws UnknownTopic where the log holds topics of this system that this command line does not know */
export const requireKnownTopics = async (storage: Pick<Storage, 'findUnknownTopics'>): Promise<void> => {
  const known = { logs: TOPICS, commands: [ordersCommands, paymentsCommands] };
  const { logs, unreadable } = await storage.findUnknownTopics(known);
  if (logs.length > 0)
    throw new UnknownTopic(
      logs,
      `events are recorded there, and this command line knows ${TOPICS.join(' and ')} only, so it would leave them out; use the one of the release that records them, or remove what is not used any more`,
    );
  if (unreadable.length > 0)
    throw new UnknownTopic(
      unreadable,
      'events may be recorded there, and this principal may not look; grant it Read on them, or take them out of KAFKA_TOPIC_PREFIX',
    );
};
