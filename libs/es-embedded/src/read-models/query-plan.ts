import type { DocumentQuery, Filter } from '@ledgerline/es-core';
import type { Condition, Scalar } from '@ledgerline/es-core/adapter';
import type { SortField } from './document-order.js';
import { orderedBytes, typeRange } from './ordered-bytes.js';
import { directed, indexRange, type KeyRange } from './read-model-keys.js';

/** The part of an index that holds every document the query can match (and perhaps others), in the index's order. */
export interface Plan {
  readonly index: number;
  readonly range: KeyRange;
  /** True: the index's order is the one that the query asks for. */
  readonly sorted: boolean;
}

interface Bounds {
  readonly equal?: Scalar;
  readonly lower?: Scalar;
  readonly upper?: Scalar;
}

type Indexes = readonly (readonly SortField[])[];

/** The index that narrows the query most, or undefined when none does and none has its order. */
export const planOf = (number: number, indexes: Indexes, query: DocumentQuery): Plan | undefined => {
  const bounds = boundsOf(query.filter ?? {}, new Map());
  let best: { plan: Plan; worth: number } | undefined;
  indexes.forEach((fields, index) => {
    const { worth, ...plan } = planFor({ number, index, fields, bounds, sort: query.sort ?? [] });
    const useful = worth > 0 && (worth > 1 || query.limit !== undefined);
    if (useful && worth > (best?.worth ?? 0)) best = { plan, worth };
  });
  return best?.plan;
};

interface Candidate {
  readonly number: number;
  readonly index: number;
  readonly fields: readonly SortField[];
  readonly bounds: ReadonlyMap<string, Bounds>;
  readonly sort: readonly SortField[];
}

const planFor = ({ number, index, fields, bounds, sort }: Candidate): Plan & { readonly worth: number } => {
  const prefix: Buffer[] = [];
  for (const [field, direction] of fields) {
    const equal = bounds.get(field)?.equal;
    if (equal === undefined) break;
    prefix.push(directed(orderedBytes(equal), direction));
  }
  const next = fields[prefix.length];
  const within = next && rangeOf(bounds.get(next[0]) ?? {}, next[1]);
  const [from, to] = within ?? [Buffer.alloc(0), AFTER_ALL];
  const fixed = new Set([...bounds].filter(([, { equal }]) => equal !== undefined).map(([field]) => field));
  const sorted = isSameOrder(
    fields.slice(prefix.length),
    sort.filter(([field]) => !fixed.has(field)),
  );
  const range = indexRange(number, index, [...prefix, from], [...prefix, to]);
  return { index, range, sorted, worth: prefix.length * 4 + (within ? 2 : 0) + (sorted ? 1 : 0) };
};

// Above every value that has a place, below the documents that have none.
const AFTER_ALL = Buffer.of(0xfd);
const AFTER_VALUE = Buffer.of(0xff);

const isSameOrder = (fields: readonly SortField[], sort: readonly SortField[]): boolean =>
  fields.length === sort.length && fields.every(([name, way], i) => sort[i]?.[0] === name && sort[i]?.[1] === way);

/** Bounds may let in more than the condition does, never less. */
const rangeOf = ({ lower, upper }: Bounds, direction: 1 | -1): readonly [Buffer, Buffer] | undefined => {
  const any = lower ?? upper;
  if (any === undefined) return undefined;
  const [first, behind] = typeRange(any);
  const low = lower === undefined ? undefined : directed(orderedBytes(lower), direction);
  const high = upper === undefined ? undefined : directed(orderedBytes(upper), direction);
  if (direction === 1) return [low ?? first, high ? Buffer.concat([high, AFTER_VALUE]) : behind];
  const [firstDown, behindDown] = [Buffer.of((first[0] ?? 0) ^ 0xff), Buffer.of(((first[0] ?? 0) ^ 0xff) + 1)];
  return [high ?? firstDown, low ? Buffer.concat([low, AFTER_VALUE]) : behindDown];
};

/** What the filter demands of single fields, whatever else it demands. */
const boundsOf = (filter: Filter, bounds: Map<string, Bounds>): Map<string, Bounds> => {
  for (const inner of filter.$and ?? []) boundsOf(inner, bounds);
  for (const [field, condition] of Object.entries(filter))
    if (!field.startsWith('$')) bounds.set(field, { ...bounds.get(field), ...boundsIn(condition) });
  return bounds;
};

const boundsIn = (condition: Condition | readonly Filter[]): Bounds => {
  if (typeof condition !== 'object' || condition === null) return { equal: condition };
  if (isFilters(condition)) return {};
  const { $eq, $in, $gt, $gte, $lt, $lte } = condition;
  const [only, ...others] = $in ?? [];
  const equal = $eq ?? (others.length === 0 ? only : undefined);
  const lower = $gt ?? $gte ?? undefined;
  const upper = $lt ?? $lte ?? undefined;
  return {
    ...($eq === null ? { equal: null } : equal !== undefined && { equal }),
    ...(lower !== undefined && { lower }),
    ...(upper !== undefined && { upper }),
  };
};

const isFilters = (condition: object): condition is readonly Filter[] => Array.isArray(condition);
