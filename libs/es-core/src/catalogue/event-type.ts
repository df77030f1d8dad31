import type { DomainEvent } from '../aggregate/decision.js';
import type { Schema } from '../schema.js';

/** All shapes that were ever stored under a name, oldest first. */
export interface Versions {
  readonly name: string;
  /** `schemas[0]` is version 1, stored as `<name>.v1`. */
  readonly schemas: readonly Schema[];
  /** `upcasters[0]` leads version 1 to version 2, and so on: one fewer than schemas. */
  readonly upcasters: readonly ((data: never) => unknown)[];
}

/** One event type with all shapes it was ever stored in; the last one is today's. */
export interface EventType<E extends DomainEvent> extends Versions {
  readonly name: E['type'];
  readonly schemas: readonly [...Schema[], Schema<E['data']>];
}

/** Binds one event type to its schemas; more than one schema needs an upcaster for each step. */
export const eventType = <E extends DomainEvent>(
  name: E['type'],
  schemas: EventType<E>['schemas'],
  upcasters: EventType<E>['upcasters'] = [],
): EventType<E> => {
  checkVersions({ name, schemas, upcasters });
  return { name, schemas, upcasters };
};

/** @throws Error naming the type whose versions are not led to each other. */
export const checkVersions = ({ name, schemas, upcasters }: Versions): void => {
  if (schemas.length === 0) throw new Error(`${name}: it needs at least one schema`);
  if (upcasters.length !== schemas.length - 1)
    throw new Error(`${name}: ${schemas.length} schemas need ${schemas.length - 1} upcasters, not ${upcasters.length}`);
  const missing = [...upcasters].findIndex((upcaster) => typeof upcaster !== 'function');
  if (missing >= 0) throw new Error(`${name}: the upcaster from version ${missing + 1} is missing`);
};
