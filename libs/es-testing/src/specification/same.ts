import assert, { AssertionError } from 'node:assert/strict';

/**
 * Fails, with a readable diff, unless both are the same data. A property that is undefined is the same as one that is not
 * there, as in JSON; objects of a class of their own are compared as node:assert does it.
 */
export const assertSame = (actual: unknown, expected: unknown, message?: string): void => {
  const values = { actual: plain(actual), expected: plain(expected) };
  try {
    assert.deepStrictEqual(values.actual, values.expected);
  } catch (error) {
    if (message === undefined || !(error instanceof AssertionError)) throw error;
    const operator = 'deepStrictEqual';
    throw new AssertionError({
      message: `${message}\n${error.message}`,
      operator,
      ...values,
      stackStartFn: assertSame,
    });
  }
};

/** True for what JSON would call an object, whichever realm made it. */
const isPlainObject = (value: object): boolean => {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
};

const plain = (value: unknown): unknown => {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(plain);
  if (!isPlainObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, inner]) => (inner === undefined ? [] : [[name, plain(inner)]])),
  );
};

/** Freezes data all the way down, so that code which should be pure fails where it writes; answers the same value. */
export const frozen = <T>(value: T): T => {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value;
  if (!Array.isArray(value) && !isPlainObject(value)) return value;
  Object.freeze(value);
  Object.values(value).forEach(frozen);
  return value;
};
