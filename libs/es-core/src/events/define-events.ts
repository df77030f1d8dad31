import { type EventCatalogue, eventCatalogue } from '../catalogue.js';
import type { PastType } from '../catalogue/past-type.js';
import type { DomainEvent } from '../aggregate/decision.js';
import type { EventContext } from '../recorded-event.js';
import type { CommandRejected } from '../subscription/messages.js';
import { type DataOf, type EventDefinition, versionsOf } from './schema-versions.js';

/** Data that was recorded, or is going to be: nobody changes it. */
export type Immutable<T> = T extends readonly (infer Item)[]
  ? readonly Immutable<Item>[]
  : T extends object
    ? { readonly [Key in keyof T]: Immutable<T[Key]> }
    : T;

/** By the event's name: its schema, or all that it ever had. */
export type EventDefinitions = Readonly<Record<string, EventDefinition>>;

/** Events of one topic that belong together, mostly those of one aggregate; and of which of its commands others learn that a rule forbade them. */
export interface Events<D extends EventDefinitions = EventDefinitions, R extends string = string> {
  readonly topic: string;
  readonly definitions: D;
  readonly rejects: readonly R[];
  readonly catalogue: EventCatalogue<DomainEvent>;
}

export type EventName<E extends Events> = keyof E['definitions'] & string;

/** An event that a decision records. */
export type NewEventOf<E extends Events, N extends EventName<E> = EventName<E>> = {
  [K in N]: { readonly type: K; readonly data: Immutable<DataOf<E['definitions'][K]>> };
}[N];

/** An event that was recorded, in today's shape, with its surroundings. */
export type EventOf<E extends Events, N extends EventName<E> = EventName<E>> = {
  [K in N]: {
    readonly type: K;
    readonly data: Immutable<DataOf<E['definitions'][K]>>;
    readonly context: EventContext;
  };
}[N];

/** That a rule forbade a command of a reactor, which is remembered in the log. */
export type RejectionOf<E extends Events, N extends E['rejects'][number] = E['rejects'][number]> = {
  [K in N]: { readonly type: `${K}Rejected`; readonly data: CommandRejected['data']; readonly context: EventContext };
}[N];

/**
 * The events that are stored in `topic` under these names, `<name>.v1` and on; several sets may share a topic. `rejects` names commands
 * whose rejections other services react to. `past` is what is stored and not recorded any more.
 * @throws Error naming the type, when a name has two meanings, leads to one that is not there, or leads in a circle
 */
export const defineEvents = <const D extends EventDefinitions, const R extends string = never>(
  topic: string,
  definitions: D,
  { rejects = [], past = [] }: { readonly rejects?: readonly R[]; readonly past?: readonly PastType[] } = {},
): Events<D, R> => ({
  ...{ topic, definitions, rejects },
  catalogue: eventCatalogue(
    Object.entries(definitions).map(([name, definition]) => versionsOf(name, definition)),
    past,
  ),
});

/**
 * What the events of several sets mean, where they are read together.
 * @throws Error naming the type, when a name has two meanings
 */
export const catalogueOf = (sets: readonly Events[]): EventCatalogue<DomainEvent> => {
  const catalogues = [...new Set(sets.map(({ catalogue }) => catalogue))];
  const [only] = catalogues;
  if (only && catalogues.length === 1) return only;
  return eventCatalogue(
    catalogues.flatMap(({ types }) => types),
    catalogues.flatMap(({ past }) => past),
  );
};
