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

// In jest's sandbox every look at a global costs, and these run for each value of every event and state.
const { freeze, getPrototypeOf, isFrozen, values } = Object;

/** True for what JSON would call an object, whichever realm made it. */
const isPlainObject = (value: object): boolean => {
  const prototype: unknown = getPrototypeOf(value);
  return prototype === null || getPrototypeOf(prototype) === null;
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
  if (typeof value !== 'object' || value === null || isFrozen(value)) return value;
  if (!Array.isArray(value) && !isPlainObject(value)) return value;
  freeze(value);
  values(value).forEach(frozen);
  return value;
};
