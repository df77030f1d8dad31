import type { EventCatalogue } from './catalogue.js';
import type { DomainEvent } from './aggregate/decision.js';
import { NewerEvent } from './errors.js';
import { idOf } from './stream-id.js';
import type { RawEvent } from './stream-index/stream-index.port.js';

/** What surrounds an event: where it is, when it was recorded, and who wanted it. */
export interface EventContext {
  /** `parcel-7`: the aggregate's category and id. */
  readonly stream: string;
  /** `7` of `parcel-7`. */
  readonly aggregateId: string;
  readonly version: number;
  /**
   * Unique over all streams, for events of one type. Events that were stored as one share it where their types differ, so
   * that what follows from them has the id that it had before they were split.
   */
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

export interface RecordedAt {
  readonly topic: string;
  readonly partition: number;
  readonly wants?: (type: string) => boolean;
  /** True where the events are copied from: code that drops a part of one, which a newer release knows, is not given it. */
  readonly whole?: boolean;
}

/**
 * What the stored events of one commit are today, in order, with their surroundings; see `EventCatalogue.decode`. Types that
 * this code does not know are passed over. Several events that were stored as one have the same place; one that was stored
 * as several has the place of the last of them.
 * @throws Unreadable when one does not parse, NewerEvent for a version of a known type that only newer code can read, or, where
 * they are wanted `whole`, that only newer code can read all of.
 */
export const recordedEvents = <E extends DomainEvent>(
  catalogue: EventCatalogue<E>,
  commit: readonly RawEvent[],
  place: RecordedAt,
): readonly Recorded<E>[] => {
  const recorded: Recorded<E>[] = [];
  catalogue.decode(commit, place.wants).forEach((today, i) => {
    const raw = commit[i];
    if (!raw || today === 'unknown-type') return;
    if (today === 'unknown-version') throw new NewerEvent(raw.stream, raw.type);
    today.forEach((event, nth) => {
      const id = nth === 0 ? raw.id : eventIdOf(today, nth, raw);
      recorded.push(Object.assign(event, { context: contextOf(raw, id, place) }));
    });
  });
  const partial = place.whole && recorded.length > 0 && commit.find((raw) => catalogue.dropsFields(raw));
  if (partial) throw new NewerEvent(partial.stream, partial.type);
  return recorded;
};

const eventIdOf = (events: readonly DomainEvent[], nth: number, { id }: RawEvent): string => {
  const before = events.slice(0, nth).filter(({ type }) => type === events[nth]?.type).length;
  return before === 0 ? id : `${id}#${before + 1}`;
};

/** Field by field: every reader of a log does this for every event. */
const contextOf = (
  raw: RawEvent,
  id: string,
  { topic, partition }: { readonly topic: string; readonly partition: number },
): EventContext => ({
  stream: raw.stream,
  aggregateId: idOf(raw.stream),
  version: raw.version,
  id,
  time: raw.time,
  topic,
  partition,
  ordinal: raw.ordinal,
  commandId: raw.commandId,
  correlationId: raw.correlationId,
  causationId: raw.causationId,
  actor: raw.actor,
});
