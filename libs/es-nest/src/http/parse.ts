import { type OutputOf, type Schema, ValidationFailed } from '@ledgerline/es-core';
import { checked, fieldProblems } from '@ledgerline/es-core/runtime';

/** The value in its schema's shape. `where` goes before each field's name. @throws ValidationFailed */
export const parse = <S extends Schema>(schema: S, value: unknown, where = ''): OutputOf<S> => {
  const result = checked(schema, value, where || 'the request');
  if (result.issues) throw new ValidationFailed(fieldProblems(result.issues, where));
  return result.value;
};
