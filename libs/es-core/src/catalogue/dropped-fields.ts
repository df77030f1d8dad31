import type { DomainEvent } from '../decider.js';
import type { Schema } from './event-type.js';
import type { KnownNames } from './known-names.js';
import type { PastEvent } from './past-type.js';
import { storedName } from './stored-name.js';

/**
 * True when the stored data has fields that this code's schema for it leaves out: a newer writer's optional field, or a newer version
 * that is read as far as it is known. What does not parse drops nothing.
 */
export const dropsFields = <E extends DomainEvent>(names: KnownNames<E>, { type, data }: PastEvent): boolean => {
  const { meaning, version = 0 } = names.find(type) ?? {};
  switch (meaning?.kind) {
    case 'type':
      return drops(schemaOf(meaning.type.schemas, version), data);
    case 'renamed':
      return dropsFields(names, { type: storedName(meaning.to, version), data });
    case 'split':
      return drops(schemaOf(meaning.schemas, version), data);
    case 'part':
      return drops(schemaOf(meaning.versions.schemas, version), data);
    case 'retired':
    case undefined:
      return false;
  }
};

/** A version that is newer than this code is read by the newest schema that it has. */
const schemaOf = (schemas: readonly Schema<unknown>[], version: number): Schema<unknown> | undefined =>
  schemas[Math.min(version, schemas.length) - 1];

const drops = (schema: Schema<unknown> | undefined, data: unknown): boolean => {
  const read = schema?.safeParse(data);
  return read?.success === true && isLess(read.data, data);
};

const isLess = (read: unknown, stored: unknown): boolean => {
  if (typeof stored !== 'object' || stored === null || typeof read !== 'object' || read === null) return false;
  const fields = read as Readonly<Record<string, unknown>>;
  return Object.entries(stored).some(([name, value]) => !Object.hasOwn(fields, name) || isLess(fields[name], value));
};
