import { type EventContext, idOf, type Recorded } from '@ledgerline/es-core';
import type { DomainEvent } from '@ledgerline/es-core/runtime';

/** The event as if it had been recorded: a fixed context, with what `context` says otherwise. */
export const recorded = <E extends DomainEvent>(event: E, context: Partial<EventContext> = {}): Recorded<E> => {
  const { stream = 'stream-1', version = 1 } = context;
  return {
    ...event,
    context: {
      ...{ stream, aggregateId: idOf(stream), version, id: `${stream}@${version}`, time: '2026-01-01T00:00:00.000Z' },
      // Ordinal 1 is genesis.
      ...{ topic: 'test.events', partition: 0, ordinal: 2 },
      ...{ commandId: 'command-1', correlationId: 'correlation-1', causationId: 'command-1', actor: 'anonymous' },
      ...context,
    },
  };
};
