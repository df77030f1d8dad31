import type { Filter, Json, JsonObject } from '@ledgerline/es-core';
import type { Condition, Scalar } from '@ledgerline/es-core/adapter';

/** What lies at the end of a dotted path; undefined where it leads nowhere. */
export const valueAt = (document: JsonObject, path: string): Json | undefined => {
  let value: Json | undefined = document;
  for (const name of path.split('.')) value = isObject(value) && Object.hasOwn(value, name) ? value[name] : undefined;
  return value;
};

/** Whether the document is one that the filter asks for. A field that is missing counts as null, as in MongoDB. */
export const matches = (document: JsonObject, filter: Filter): boolean => {
  const { $and = [], $or, ...fields } = filter;
  return (
    $and.every((inner) => matches(document, inner)) &&
    (!$or || $or.some((inner) => matches(document, inner))) &&
    Object.entries(fields).every(([field, condition]) => holds(valueAt(document, field) ?? null, condition))
  );
};

type Test = (value: Json, operand: Scalar) => boolean;

const TESTS: Readonly<Record<string, Test>> = {
  $eq: (value, operand) => value === operand,
  $ne: (value, operand) => value !== operand,
  $gt: (value, operand) => orderOf(value, operand) > 0,
  $gte: (value, operand) => orderOf(value, operand) >= 0,
  $lt: (value, operand) => orderOf(value, operand) < 0,
  $lte: (value, operand) => orderOf(value, operand) <= 0,
};

const holds = (value: Json, condition: Condition | readonly Filter[]): boolean => {
  if (typeof condition !== 'object' || condition === null) return value === condition;
  if (isFilters(condition)) throw new Error('a list of filters stands under $and or $or only');
  return Object.entries(condition).every(([operator, operand]) => {
    if (operator === '$in') return Array.isArray(operand) && operand.some((scalar) => scalar === value);
    const test = TESTS[operator];
    if (!test || isList(operand)) throw new Error(`${operator} is not an operator`);
    return test(value, operand);
  });
};

/** Below, at, or above 0; NaN, which is none of them, where the types differ: neither is the smaller one then. */
const orderOf = (value: Json, operand: Scalar): number => {
  if (value === operand) return 0;
  if (value === null || operand === null || typeof value !== typeof operand) return NaN;
  return value < operand ? -1 : 1;
};

const isObject = (value: Json | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const isFilters = (condition: object): condition is readonly Filter[] => Array.isArray(condition);
const isList = (operand: Scalar | readonly Scalar[]): operand is readonly Scalar[] => Array.isArray(operand);
