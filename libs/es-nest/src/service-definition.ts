import type { DomainEvent, EventCatalogue, Storage } from '@ledgerline/es-core';
import type { DynamicModule, Type } from '@nestjs/common';
import type { ServicePartToken } from './lifecycle/service-part.js';
import type { ServiceRehearsal } from './rehearsal/service-rehearsal.js';

/** A topic by its name, with the meaning of its events. */
export interface Topic {
  readonly topic: string;
  readonly catalogue: EventCatalogue<DomainEvent>;
}

/** The topic that a service writes. */
export interface OwnTopic extends Topic {
  /** First parts of the names of its streams: `jar`, `order`. */
  readonly categories: readonly string[];
}

/** What makes a service, as one value. */
export interface ServiceDefinition {
  /** Stable: locks, indexes and reactors are kept under it. */
  readonly name: string;
  readonly description: string;
  readonly module: Type | DynamicModule;
  /** Opened in this order once HTTP listens, closed in reverse order. */
  readonly parts: readonly ServicePartToken[];
  /** Absent where a service only reads. */
  readonly ownTopic?: OwnTopic;
  /** Topics whose messages its `@EventPattern` handlers are given; none where it has no such handlers. */
  readonly reactsTo: readonly Topic[];
  /** Replays the log by this code, without writing anything, and says what it would not take or do as before. */
  readonly rehearse?: (storage: Storage) => Promise<ServiceRehearsal>;
}
