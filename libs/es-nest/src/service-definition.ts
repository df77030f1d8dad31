import {
  type AnyAggregate,
  catalogueOf,
  type DomainEvent,
  type EventCatalogue,
  type Events,
  type Storage,
} from '@ledgerline/es-core';
import type { DynamicModule, Type } from '@nestjs/common';
import type { ServicePartToken } from './lifecycle/service-part.js';
import type { ServiceRehearsal } from './rehearsal/service-rehearsal.js';

/** A topic by its name, with the meaning of its events. */
export interface Topic {
  readonly topic: string;
  readonly catalogue: EventCatalogue<DomainEvent>;
}

/** What makes a service, as one value. */
export interface ServiceDefinition {
  /** Stable: locks, indexes and reactors are kept under it. */
  readonly name: string;
  readonly description: string;
  readonly module: Type | DynamicModule;
  /** Opened in this order once HTTP listens, closed in reverse order. */
  readonly parts: readonly ServicePartToken[];
  /** All that it writes, in one topic; none where it only reads. */
  readonly aggregates?: readonly AnyAggregate[];
  /** The topic of Kafka from which it takes public commands, where there are brokers. */
  readonly commandsTopic?: string;
  /** What its aggregates' decisions need: see `setting`. */
  readonly settings?: Readonly<Record<string, unknown>>;
  /** Events, with all others of their topics, that its `@EventPattern` handlers are given; none where it has no such handlers. */
  readonly reactsTo: readonly Events[];
  /** Of a service that only reads: replays the log by this code, without writing anything, and says what it would not take or do as before. */
  readonly rehearse?: (storage: Storage) => Promise<ServiceRehearsal>;
}

/** The topic that the service writes; undefined where it only reads. @throws Error where its aggregates name several */
export const writtenTopic = ({
  name,
  aggregates = [],
}: Pick<ServiceDefinition, 'name' | 'aggregates'>): Topic | undefined => {
  const [first, second] = topicsOf(aggregates.map(({ events }) => events));
  if (second)
    throw new Error(
      `${name} writes ${second.topic} beside ${first?.topic}: the aggregates of a service share one topic`,
    );
  return first;
};

/** The topics of these events, each with the meaning of all of them. */
export const topicsOf = (sets: readonly Events[]): readonly Topic[] =>
  [...new Set(sets.map(({ topic }) => topic))].map((topic) => ({
    topic,
    catalogue: catalogueOf(sets.filter((one) => one.topic === topic)),
  }));
