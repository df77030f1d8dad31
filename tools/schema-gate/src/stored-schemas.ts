import { EsError } from '@ledgerline/es-core';
import type { DomainEvent, EventCatalogue, PastType, Versions } from '@ledgerline/es-core/runtime';
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

/** Every shape that the topics' events are read in, oldest version first. @throws SchemaNotComparable */
export const storedSchemas = (topics: readonly EventTopic[]): readonly StoredSchema[] =>
  topics.flatMap(({ topic, catalogue }) =>
    versionsIn(catalogue).flatMap(({ name, schemas, isRecorded }) =>
      schemas.map((schema, i) => {
        const storedName = `${name}.v${i + 1}`;
        const isCurrent = isRecorded && i === schemas.length - 1;
        const place = { topic, event: name, version: i + 1, storedName, isCurrent };
        if (!(schema instanceof z.ZodType)) throw new SchemaNotComparable(storedName, '', 'has no zod schema');
        return { ...place, zod: schema, schema: jsonSchemaOf(schema, storedName) };
      }),
    ),
  );

/** Names whose events are nothing any more: whatever was recorded under them is passed over by intent. */
export const retiredIn = ({ catalogue }: EventTopic): readonly string[] =>
  catalogue.past.flatMap((past) => (past.kind === 'retired' ? [past.name] : []));

interface NamedVersions extends Pick<Versions, 'name' | 'schemas'> {
  /** Whether new events are still recorded under the name. */
  readonly isRecorded: boolean;
}

const versionsIn = ({ types, past }: EventTopic['catalogue']): readonly NamedVersions[] => [
  ...types.map(({ name, schemas }) => ({ name, schemas, isRecorded: true })),
  ...past.flatMap((one) => pastVersionsOf(one, { types, past })),
];

const pastVersionsOf = (
  one: PastType,
  catalogue: Pick<EventTopic['catalogue'], 'types' | 'past'>,
): readonly NamedVersions[] => {
  switch (one.kind) {
    case 'retired':
      return [];
    case 'renamed': {
      const { types, past } = catalogue;
      // A name may have been changed more than once: each is read as the next.
      const next = past.find((other) => other.kind !== 'merged' && other.name === one.to);
      const named = next ? pastVersionsOf(next, catalogue) : types.filter(({ name }) => name === one.to);
      return named.map(({ schemas }) => ({ name: one.name, schemas, isRecorded: false }));
    }
    case 'split':
      return [{ name: one.name, schemas: one.schemas, isRecorded: false }];
    case 'merged':
      return one.parts.map(({ name, schemas }) => ({ name, schemas, isRecorded: false }));
  }
};

/** As readers of the topic do it. @throws Unreadable */
export const readStored = ({ catalogue }: EventTopic, storedName: string, data: unknown): void => {
  catalogue.decode([{ type: storedName, data: JSON.stringify(data) }]);
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
