import type { EventCatalogue } from './catalogue.js';
import type { DomainEvent } from './decider.js';
import type { RawEvent } from './stream-index/stream-index.port.js';

/** What surrounds an event: where it is, when it was recorded, and who wanted it. */
export interface EventContext {
  readonly stream: string;
  readonly version: number;
  /** Unique over all streams. */
  readonly id: string;
  /** Recorded time, ISO 8601 UTC; never goes back within a partition. */
  readonly time: string;
  readonly topic: string;
  readonly partition: number;
  readonly ordinal: number;
  readonly commandId: string;
  readonly correlationId: string;
  readonly causationId: string;
  readonly actor: string;
}

/** An event as it was recorded, in today's shape, with its surroundings. */
export type Recorded<E extends DomainEvent = DomainEvent> = E & { readonly context: EventContext };

/**
 * The event in today's shape with its surroundings; undefined for a type this code does not know (a newer writer's).
 * @throws Unreadable when it does not parse.
 */
export const recordedEvent = <E extends DomainEvent>(
  catalogue: EventCatalogue<E>,
  raw: RawEvent,
  place: { readonly topic: string; readonly partition: number },
): Recorded<E> | undefined => {
  const event = catalogue.decode(raw);
  return event && Object.assign(event, { context: contextOf(raw, place) });
};

/** Field by field: every reader of a log does this for every event. */
const contextOf = (
  raw: RawEvent,
  { topic, partition }: { readonly topic: string; readonly partition: number },
): EventContext => ({
  stream: raw.stream,
  version: raw.version,
  id: raw.id,
  time: raw.time,
  topic,
  partition,
  ordinal: raw.ordinal,
  commandId: raw.commandId,
  correlationId: raw.correlationId,
  causationId: raw.causationId,
  actor: raw.actor,
});
