import type { DocumentQuery, Json, JsonObject } from '@ledgerline/es-core';
import { valueAt } from './document-filter.js';

interface Sortable {
  readonly id: string;
  readonly document: JsonObject;
}

/** By the fields in order of weight, and by id where all of them are the same. */
export const orderBy =
  (sort: NonNullable<DocumentQuery['sort']>) =>
  (a: Sortable, b: Sortable): number => {
    for (const [field, direction] of sort) {
      const order = compare(valueAt(a.document, field), valueAt(b.document, field));
      if (order !== 0) return order * direction;
    }
    return a.id < b.id ? -1 : 1;
  };

/** MongoDB's order of types; what is missing is the same as null. */
const RANKS = ['null', 'number', 'string', 'object', 'array', 'boolean'];

const rankOf = (value: Json | undefined): number =>
  RANKS.indexOf(value == null ? 'null' : Array.isArray(value) ? 'array' : typeof value);

const compare = (a: Json | undefined, b: Json | undefined): number => {
  const ranks = rankOf(a) - rankOf(b);
  if (ranks !== 0 || a == null || b == null || a === b || typeof a === 'object') return ranks;
  return a < b ? -1 : 1;
};
