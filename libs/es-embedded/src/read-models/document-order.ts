import type { Json, JsonObject } from '@ledgerline/es-core';

export type SortField = readonly [field: string, direction: 1 | -1];

/** What lies at the end of a dotted path; undefined where it leads nowhere, and for a path into an array. */
export const valueAt = (document: JsonObject, path: string): Json | undefined => {
  let value: Json | undefined = document;
  for (const name of path.split('.')) {
    if (!isObject(value)) return undefined;
    value = value[name];
  }
  return value;
};

/** True when the path leads into an array, where MongoDB looks at every element. */
export const meetsArray = (document: JsonObject, path: string): boolean => {
  let value: Json | undefined = document;
  for (const name of path.split('.')) {
    if (!isObject(value)) return Array.isArray(value);
    value = value[name];
  }
  return Array.isArray(value);
};

export const isObject = (value: Json | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** MongoDB's order of types. Nothing there is the same as null. */
const rankOf = (value: Json | undefined): number => {
  if (value === undefined || value === null) return 0;
  if (typeof value === 'number') return 1;
  if (typeof value === 'string') return 2;
  if (typeof value === 'boolean') return 5;
  return Array.isArray(value) ? 4 : 3;
};

/** Strings by code unit; objects and arrays are all alike, no query of ours sorts by them. */
const compareValues = (a: Json | undefined, b: Json | undefined): number => {
  const ranks = rankOf(a) - rankOf(b);
  if (ranks !== 0) return ranks;
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  if (typeof a === 'boolean' && typeof b === 'boolean') return Number(a) - Number(b);
  return typeof a === 'string' && typeof b === 'string' ? compareText(a, b) : 0;
};

const compareText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

interface Sortable {
  readonly id: string;
  readonly document: JsonObject;
}

/** By the fields in order of weight, and by id where all of them are the same. */
export const compareBy =
  (sort: readonly SortField[]) =>
  (a: Sortable, b: Sortable): number => {
    for (const [field, direction] of sort) {
      const order = compareValues(valueAt(a.document, field), valueAt(b.document, field));
      if (order !== 0) return order * direction;
    }
    return compareText(a.id, b.id);
  };
