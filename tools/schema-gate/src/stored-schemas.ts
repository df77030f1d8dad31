import { type DomainEvent, EsError, type EventCatalogue, Unreadable } from '@ledgerline/es-core';
import { z } from 'zod';
import { assertionsOf, asWritten, isSame, type JsonSchema } from './json-schema.js';

/** A topic, and what its events mean. */
export interface EventTopic {
  readonly topic: string;
  readonly catalogue: EventCatalogue<DomainEvent>;
}

/** One shape in which an event is, or was, stored. */
export interface StoredSchema {
  readonly topic: string;
  readonly event: string;
  readonly version: number;
  /** `OrderCreated.v1` */
  readonly storedName: string;
  /** Whether new events are written so. */
  readonly isCurrent: boolean;
  /** What is taken when it is read. */
  readonly schema: JsonSchema;
  /** What that was made from. */
  readonly zod: z.ZodType;
}

/** A stored event's schema says something that its JSON Schema cannot, so nobody could tell whether it stays compatible. */
export class SchemaNotComparable extends EsError {
  constructor(storedName: string, path: string, rule: string, options?: ErrorOptions) {
    super(
      'schema-not-comparable',
      `${storedName}: ${path === '' ? 'the data' : path} ${rule}`,
      false,
      { storedName },
      options,
    );
  }
}

/** Every shape that the topics' events are recorded in, or were, oldest version first. @throws SchemaNotComparable */
export const storedSchemas = (topics: readonly EventTopic[]): readonly StoredSchema[] =>
  topics.flatMap(({ topic, catalogue }) =>
    catalogue.types.flatMap((versions) =>
      shapesOf(versions).map((shape) => ({
        ...{ topic, ...shape },
        isCurrent: shape.version === versions.schemas.length,
      })),
    ),
  );

/** The shapes of events that are only read any more: they were renamed, split or merged. @throws SchemaNotComparable */
export const pastSchemas = (topics: readonly EventTopic[]): readonly StoredSchema[] =>
  topics.flatMap(({ topic, catalogue }) =>
    catalogue.past
      .flatMap((past) => pastVersionsOf(past, catalogue))
      .flatMap(shapesOf)
      .map((shape) => ({ topic, ...shape, isCurrent: false })),
  );

/** True where such events are nothing any more, as somebody has decided. */
export const isRetired = ({ catalogue }: EventTopic, event: string): boolean =>
  catalogue.past.some(({ kind, ...past }) => kind === 'retired' && 'name' in past && past.name === event);

interface Versions {
  readonly name: string;
  /** Oldest first. */
  readonly schemas: readonly unknown[];
}

type Past = EventCatalogue<DomainEvent>['past'][number];

const pastVersionsOf = (past: Past, catalogue: EventCatalogue<DomainEvent>): readonly Versions[] => {
  switch (past.kind) {
    case 'split':
      return [past];
    case 'merged':
      return past.parts;
    case 'renamed':
      return [{ name: past.name, schemas: schemasOf(past.to, catalogue) }];
    case 'retired':
      return [];
  }
};

/** The catalogue has refused names that lead in a circle, or nowhere. */
const schemasOf = (name: string, catalogue: EventCatalogue<DomainEvent>): readonly unknown[] => {
  const past = catalogue.past.find((one) => 'name' in one && one.name === name);
  if (past?.kind === 'renamed') return schemasOf(past.to, catalogue);
  const others = catalogue.past.flatMap((one) => (one.kind === 'renamed' ? [] : pastVersionsOf(one, catalogue)));
  return [...catalogue.types, ...others].find((one) => one.name === name)?.schemas ?? [];
};

const shapesOf = ({ name, schemas }: Versions): readonly Omit<StoredSchema, 'topic' | 'isCurrent'>[] =>
  schemas.map((schema, i) => {
    const storedName = `${name}.v${i + 1}`;
    if (!(schema instanceof z.ZodType)) throw new SchemaNotComparable(storedName, '', 'has no zod schema');
    return { event: name, version: i + 1, storedName, zod: schema, schema: jsonSchemaOf(schema, storedName) };
  });

/** As readers of the topic do it; one that leaves such events out reads nothing. @throws Unreadable */
export const readStored = ({ catalogue }: EventTopic, storedName: string, data: unknown): void => {
  const [today] = catalogue.decode([{ type: storedName, data: JSON.stringify(data) }]);
  if (today === 'unknown-version') throw new Unreadable(storedName, { type: storedName });
};

/** Those that say all there is to say about a value in JSON Schema. */
const SAYABLE: ReadonlySet<string> = new Set([
  ...['less_than', 'greater_than', 'multiple_of', 'number_format'],
  ...['min_length', 'max_length', 'length_equals', 'string_format'],
]);

const jsonSchemaOf = (schema: z.ZodType, storedName: string): JsonSchema => {
  const refuse = (path: string, rule: string, options?: ErrorOptions): never => {
    throw new SchemaNotComparable(storedName, path, rule, options);
  };
  const convert = (io: 'input' | 'output'): JsonSchema => {
    try {
      return z.toJSONSchema(schema, {
        io,
        override: ({ zodSchema, path }) => requireSayable(zodSchema, (rule) => refuse(pathOf(path), rule)),
      }) as JsonSchema;
    } catch (cause) {
      if (cause instanceof SchemaNotComparable) throw cause;
      return refuse('', `cannot be said in JSON Schema: ${cause instanceof Error ? cause.message : String(cause)}`, {
        cause,
      });
    }
  };
  const read = convert('input');
  if (!isSame(assertionsOf(asWritten(read)), assertionsOf(convert('output'))))
    refuse('', 'is not read as it is written: a stored schema must not change what goes through it');
  return read;
};

/** The place in the data of a place in the schema. */
const pathOf = (path: readonly (string | number)[]): string =>
  path.filter((_, i) => path[i - 1] === 'properties').join('.');

const requireSayable = (schema: z.core.$ZodTypes, refuse: (rule: string) => void): void => {
  const checks = (schema._zod.def.checks ?? []).map((check) => check._zod.def);
  const unsayable = checks.find(({ check }) => !SAYABLE.has(check));
  if (unsayable) refuse(`has a check (${unsayable.check}) that JSON Schema cannot say`);
  for (const def of [schema._zod.def, ...checks]) {
    const flags = 'pattern' in def && def.pattern instanceof RegExp ? def.pattern.flags : '';
    if (/[^u]/.test(flags)) refuse(`has a pattern with the flag ${flags}, which JSON Schema cannot say`);
  }
};
