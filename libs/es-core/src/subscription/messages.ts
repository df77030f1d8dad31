import type { EventCatalogue } from '../catalogue.js';
import type { Commit, Counted } from '../chain/chain.js';
import { rawEventOf } from '../chain/raw-event.js';
import type { DomainEvent } from '../aggregate/decision.js';
import { type Recorded, type RecordedAt, recordedEvents } from '../recorded-event.js';
import { idOf } from '../stream-id.js';
import type { RawEvent } from '../stream-index/stream-index.port.js';
import { wellFormedJson } from '../text.js';
import { rejectionIn } from '../writer/verdict.js';

interface Place {
  readonly topic: string;
  readonly partition: number;
}

/**
 * What the commits' events are today, in order; types that this code does not know are left out, and what nobody `wants` is not
 * even parsed. For read models: their text is well-formed, whatever was recorded, so that a document is the same on every store
 * and in every replay. @throws Unreadable, NewerEvent as `recordedEvents` does
 */
export const eventsIn = <E extends DomainEvent>(
  commits: readonly Commit[],
  catalogue: EventCatalogue<E>,
  place: Place & Pick<RecordedAt, 'wants'>,
): Recorded<E>[] => {
  const events: Recorded<E>[] = [];
  for (const commit of commits)
    if (commit[0].kind === 'event') events.push(...recordedEvents(catalogue, commit.map(wellFormedEventOf), place));
  return events;
};

const wellFormedEventOf = (record: Counted): RawEvent => {
  const event = rawEventOf(record);
  const data = wellFormedJson(event.data);
  return data === event.data ? event : { ...event, data };
};

/** A remembered command was rejected: type `ConfirmOrderRejected`, for those who have to act on that. */
export interface CommandRejected {
  readonly type: `${string}Rejected`;
  readonly data: { readonly code: string };
}

/**
 * The commits' events of the types that are wanted, and the remembered rejections between them. What nobody wants is not
 * even parsed: a reactor usually acts on few of the events that pass by. @throws Unreadable, NewerEvent as `eventsIn` does
 */
export const messagesIn = <E extends DomainEvent>(
  commits: readonly Commit[],
  { catalogue, wants }: { readonly catalogue: EventCatalogue<E>; readonly wants: (type: string) => boolean },
  place: Place,
): Recorded<E | CommandRejected>[] =>
  commits.flatMap((commit): readonly Recorded<E | CommandRejected>[] => {
    const [first] = commit;
    const messages =
      first.kind === 'event'
        ? recordedEvents(catalogue, commit.map(rawEventOf), { ...place, wants, whole: true })
        : first.kind === 'verdict'
          ? rejectionOf(first, place)
          : [];
    return messages.filter(({ type }) => wants(type));
  });

const rejectionOf = (record: Counted, place: Place): Recorded<CommandRejected>[] => {
  const rejection = rejectionIn(record.value);
  if (!rejection) return [];
  const { code } = rejection;
  const { type: _type, data: _data, ...context } = rawEventOf(record);
  return [
    {
      type: `${record.type}Rejected`,
      data: { code },
      context: { ...context, ...place, aggregateId: idOf(context.stream) },
    },
  ];
};
