import type { Versions } from '../catalogue/versions.js';
import { type InputOf, isSchema, type OutputOf, type Schema } from '../schema.js';

/** The schemas of one event over time, oldest first, each with the step that leads to it. */
export interface SchemaVersions<Today = unknown> extends Omit<Versions, 'name'> {
  /** The next version, and how data of the one before becomes it. */
  to<S extends Schema>(schema: S, upcast: (data: Today) => InputOf<S>): SchemaVersions<OutputOf<S>>;
}

/** An event's schema, or all that it ever had. */
export type EventDefinition = Schema | SchemaVersions;

/** Its data in the newest shape. */
export type DataOf<D> = D extends SchemaVersions<infer Today> ? Today : D extends Schema ? OutputOf<D> : never;

/** Begins the versions of an event that was changed: `since(v1).to(v2, (old) => …)`. Every step's input is inferred. */
export const since = <S extends Schema>(first: S): SchemaVersions<OutputOf<S>> => versions([first], []);

const versions = <Today>(schemas: Versions['schemas'], upcasters: Versions['upcasters']): SchemaVersions<Today> => ({
  schemas,
  upcasters,
  to: (schema, upcast) => versions([...schemas, schema], [...upcasters, upcast]),
});

/** @throws Error naming the event and the version that has no schema, or no step that leads on from it */
export const versionsOf = (name: string, definition: EventDefinition): Versions => {
  const { schemas, upcasters } = 'schemas' in definition ? definition : since(definition);
  const without = schemas.findIndex((schema) => !isSchema(schema));
  if (without >= 0)
    throw new Error(`${name}: version ${without + 1} has no schema (one that has "~standard", such as zod's)`);
  const missing = upcasters.findIndex((upcast) => typeof upcast !== 'function');
  if (missing >= 0) throw new Error(`${name}: the step from version ${missing + 1} is missing`);
  return { name, schemas, upcasters };
};
