import type { InputOf, OutputOf, Schema } from '../schema.js';

/** The schemas of one event over time, oldest first, each with the step that leads to it. */
export interface SchemaVersions<Today = unknown> {
  readonly schemas: readonly Schema[];
  /** `upcasters[0]` leads version 1 to version 2, and so on: one fewer than schemas. */
  readonly upcasters: readonly ((data: never) => unknown)[];
  /** The next version, and how data of the one before becomes it. */
  to<S extends Schema>(schema: S, upcast: (data: Today) => InputOf<S>): SchemaVersions<OutputOf<S>>;
}

/** Begins the versions of an event that was changed: `since(v1).to(v2, (old) => …)`. Every step's input is inferred. */
export const since = <S extends Schema>(first: S): SchemaVersions<OutputOf<S>> => versions([first], []);

const versions = <Today>(
  schemas: SchemaVersions['schemas'],
  upcasters: SchemaVersions['upcasters'],
): SchemaVersions<Today> => ({
  schemas,
  upcasters,
  to: (schema, upcast) => versions([...schemas, schema], [...upcasters, upcast]),
});
