import { checked, type Schema } from '../schema.js';
import type { KnownNames } from './known-names.js';
import type { PastEvent } from './past-type.js';
import { storedName } from './stored-name.js';

/**
 * True when the stored data has fields that this code's schema for it leaves out: a newer writer's optional field, or a newer version
 * that is read as far as it is known. What does not parse drops nothing.
 */
export const dropsFields = (names: KnownNames, { type, data }: PastEvent): boolean => {
  const { meaning, version = 0 } = names.find(type) ?? {};
  switch (meaning?.kind) {
    case 'type':
      return drops(schemaOf(meaning.type.schemas, version), { type, data });
    case 'renamed':
      return dropsFields(names, { type: storedName(meaning.to, version), data });
    case 'split':
      return drops(schemaOf(meaning.schemas, version), { type, data });
    case 'part':
      return drops(schemaOf(meaning.versions.schemas, version), { type, data });
    case 'retired':
    case undefined:
      return false;
  }
};

/** A version that is newer than this code is read by the newest schema that it has. */
const schemaOf = (schemas: readonly Schema[], version: number): Schema | undefined =>
  schemas[Math.min(version, schemas.length) - 1];

const drops = (schema: Schema | undefined, { type, data }: PastEvent): boolean => {
  const read = schema && checked(schema, data, type);
  return read !== undefined && !read.issues && fieldLeftOut(read.value, data) !== undefined;
};

/** The first field of `given`, at whatever depth, that `read` has not; `lines.0.sku`. */
export const fieldLeftOut = (read: unknown, given: unknown): string | undefined => {
  if (typeof given !== 'object' || given === null || typeof read !== 'object' || read === null) return undefined;
  const fields = read as Readonly<Record<string, unknown>>;
  for (const [name, value] of Object.entries(given)) {
    if (value === undefined) continue;
    if (!Object.hasOwn(fields, name)) return name;
    const inside = fieldLeftOut(fields[name], value);
    if (inside !== undefined) return `${name}.${inside}`;
  }
  return undefined;
};
