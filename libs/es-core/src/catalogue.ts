import type { DomainEvent } from './decider.js';
import { Unreadable } from './errors.js';

/** The part of a schema library that the core needs; zod has it. */
export interface Schema<T> {
  safeParse(
    value: unknown,
  ):
    | { readonly success: true; readonly data: T }
    | { readonly success: false; readonly error: { readonly message: string } };
}

/** One event type with all shapes it was ever stored in, oldest first. */
export interface EventType<E extends DomainEvent> {
  readonly name: E['type'];
  /** `schemas[0]` is version 1; the last one is today's. */
  readonly schemas: readonly [...Schema<unknown>[], Schema<E['data']>];
  /** `upcasters[0]` leads version 1 to version 2, and so on: one fewer than schemas. */
  readonly upcasters: readonly ((data: never) => unknown)[];
}

/** How an event is stored: its name with the schema's version, and its data. */
export interface StoredShape {
  readonly type: string;
  readonly data: string;
}

/**
 * Every event type that a service writes or reads. Stored names are explicit (`OrderCreated.v1`), never a class name, so
 * code can be renamed freely; data goes through its schema on the way in and on the way out.
 */
export interface EventCatalogue<E extends DomainEvent> {
  readonly types: readonly EventType<E>[];
  /** Today's name of the event stored as `storedType`, without a look at its data; undefined for a newer writer's. */
  nameOf(storedType: string): E['type'] | undefined;
  /** Today's stored shape. @throws Unreadable when the data breaks the event's own schema (a bug in the decider). */
  encode(event: E): StoredShape;
  /**
   * The event in today's shape, or undefined for a type or a version this code does not know: a newer writer's.
   * @throws Unreadable when a known event does not parse or an upcaster fails.
   */
  decode(stored: StoredShape): E | undefined;
}

/** Binds one event type to its schemas; more than one schema needs an upcaster for each step. */
export const eventType = <E extends DomainEvent>(
  name: E['type'],
  schemas: EventType<E>['schemas'],
  upcasters: EventType<E>['upcasters'] = [],
): EventType<E> => {
  if (upcasters.length !== schemas.length - 1)
    throw new Error(`${name}: ${schemas.length} schemas need ${schemas.length - 1} upcasters, not ${upcasters.length}`);
  return { name, schemas, upcasters };
};

type Entry<E extends DomainEvent> = { readonly type: EventType<E>; readonly version: number };

export const eventCatalogue = <E extends DomainEvent>(types: readonly EventType<E>[]): EventCatalogue<E> => {
  const stored = new Map<string, Entry<E>>();
  const current = new Map<string, { readonly storedName: string; readonly schema: Schema<unknown> }>();
  for (const type of types) {
    if (current.has(type.name)) throw new Error(`${type.name} is in the catalogue twice`);
    type.schemas.forEach((schema, i) => {
      stored.set(`${type.name}.v${i + 1}`, { type, version: i + 1 });
      current.set(type.name, { storedName: `${type.name}.v${i + 1}`, schema });
    });
  }

  const encode = (event: E): StoredShape => {
    const entry = current.get(event.type);
    if (!entry) throw new Unreadable(`event type ${event.type}`, { type: event.type });
    return { type: entry.storedName, data: JSON.stringify(parse(entry.schema, entry.storedName, event.data)) };
  };

  const decode = ({ type: storedName, data }: StoredShape): E | undefined => {
    const entry = stored.get(storedName);
    if (!entry) return undefined;
    const { type, version } = entry;
    let value = parse(schemaAt(type, version), storedName, fromJson(storedName, data));
    for (let v = version; v < type.schemas.length; v += 1)
      value = parse(schemaAt(type, v + 1), `${type.name}.v${v + 1}`, upcast(type, v, value));
    return { type: type.name, data: value } as E;
  };

  return { types, nameOf: (storedType) => stored.get(storedType)?.type.name, encode, decode };
};

const schemaAt = <E extends DomainEvent>(type: EventType<E>, version: number): Schema<unknown> => {
  const schema = type.schemas[version - 1];
  if (!schema) throw new Error(`${type.name} has no version ${version}`);
  return schema;
};

const parse = (schema: Schema<unknown>, storedName: string, value: unknown): unknown => {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  throw new Unreadable(storedName, { type: storedName }, { cause: result.error });
};

const fromJson = (storedName: string, data: string): unknown => {
  try {
    return JSON.parse(data);
  } catch (cause) {
    throw new Unreadable(storedName, { type: storedName }, { cause });
  }
};

const upcast = <E extends DomainEvent>(type: EventType<E>, from: number, value: unknown): unknown => {
  const step = type.upcasters[from - 1] as ((data: unknown) => unknown) | undefined;
  try {
    return step?.(value);
  } catch (cause) {
    throw new Unreadable(`${type.name}.v${from}`, { type: `${type.name}.v${from}` }, { cause });
  }
};
