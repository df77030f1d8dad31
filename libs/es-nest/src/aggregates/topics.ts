import type { Events } from '@ledgerline/es-core';
import { catalogueOf, type DomainEvent, type EventCatalogue } from '@ledgerline/es-core/runtime';

/** A topic by its name, with the meaning of its events. */
export interface Topic {
  readonly topic: string;
  readonly catalogue: EventCatalogue<DomainEvent>;
}

/** The topics of these events, each with the meaning of all of them. */
export const topicsOf = (sets: readonly Events[]): readonly Topic[] =>
  [...new Set(sets.map(({ topic }) => topic))].map((topic) => ({
    topic,
    catalogue: catalogueOf(sets.filter((one) => one.topic === topic)),
  }));
