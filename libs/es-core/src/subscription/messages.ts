import type { EventCatalogue } from '../catalogue.js';
import type { Commit, Counted } from '../chain/chain.js';
import { rawEventOf } from '../chain/raw-event.js';
import type { DomainEvent } from '../decider.js';
import { type Recorded, recordedEvent } from '../recorded-event.js';
import { rejectionIn } from '../writer/verdict.js';

interface Place {
  readonly topic: string;
  readonly partition: number;
}

/** The commits' events in today's shape, in order; a newer writer's types are left out. @throws Unreadable */
export const eventsIn = <E extends DomainEvent>(
  commits: readonly Commit[],
  catalogue: EventCatalogue<E>,
  place: Place,
): Recorded<E>[] => {
  const events: Recorded<E>[] = [];
  for (const commit of commits)
    for (const record of commit) {
      const event = eventOf(record, catalogue, place);
      if (event) events.push(event);
    }
  return events;
};

/** A remembered command was rejected: type `ConfirmOrderRejected`, for those who have to act on that. */
export interface CommandRejected {
  readonly type: `${string}Rejected`;
  readonly data: { readonly code: string };
}

/**
 * The commits' events of the types that are wanted, and the remembered rejections between them. What nobody wants is not
 * even parsed: a reactor usually acts on few of the events that pass by. @throws Unreadable
 */
export const messagesIn = <E extends DomainEvent>(
  commits: readonly Commit[],
  { catalogue, wants }: { readonly catalogue: EventCatalogue<E>; readonly wants: (type: string) => boolean },
  place: Place,
): Recorded<E | CommandRejected>[] =>
  commits.flatMap((commit) =>
    commit.flatMap((record): Recorded<E | CommandRejected>[] | Recorded<E> => {
      if (record.kind === 'verdict') return rejectionOf(record, place).filter(({ type }) => wants(type));
      const name = catalogue.nameOf(record.type);
      return name !== undefined && wants(name) ? (eventOf(record, catalogue, place) ?? []) : [];
    }),
  );

/** The record's event in today's shape; undefined for a newer writer's type, and for a record of another kind. */
const eventOf = <E extends DomainEvent>(
  record: Counted,
  catalogue: EventCatalogue<E>,
  place: Place,
): Recorded<E> | undefined =>
  record.kind === 'event' ? recordedEvent(catalogue, rawEventOf(record), place) : undefined;

const rejectionOf = (record: Counted, place: Place): Recorded<CommandRejected>[] => {
  const rejection = rejectionIn(record.value);
  if (!rejection) return [];
  const { code } = rejection;
  const { type: _type, data: _data, ...context } = rawEventOf(record);
  return [{ type: `${record.type}Rejected`, data: { code }, context: { ...context, ...place } }];
};
