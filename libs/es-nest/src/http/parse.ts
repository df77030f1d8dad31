import type { z } from 'zod';
import { type FieldProblem, ValidationFailed } from './validation-failed.error.js';

/** What a schema says of a value, as far as problems need it; zod's issues and Standard Schema's have it. */
interface Issue {
  readonly message: string;
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined;
  readonly code?: string | undefined;
  readonly keys?: readonly string[];
  readonly expected?: string;
}

/** Of a field or parameter that nobody asked for. */
export const NOT_KNOWN = 'is not a field that is known here';

/** The value in its schema's shape. `where` goes before each field's name. @throws ValidationFailed */
export const parse = <T>(schema: z.ZodType<T>, value: unknown, where = ''): T => {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  throw new ValidationFailed(fieldProblems(result.error.issues, where));
};

/** One entry for each field and rule; an unknown field is named itself, not the object it is in. */
export const fieldProblems = (issues: readonly Issue[], where = ''): FieldProblem[] =>
  issues.flatMap(({ message, path = [], code, keys = [], expected }) => {
    const names = path.map((step) => String(typeof step === 'object' ? step.key : step));
    const prefix = where === '' ? names : [where, ...names];
    if (code !== 'unrecognized_keys') return [{ field: prefix.join('.'), rule: ruleIn(message, expected) }];
    return keys.map((key) => ({ field: [...prefix, key].join('.'), rule: NOT_KNOWN }));
  });

/** Schemas of ours name their rule; zod's own message is kept where one does not. */
const ruleIn = (message: string, expected?: string): string => {
  if (message.startsWith('must ') || message.startsWith('is ')) return message;
  if (expected === 'nonoptional') return 'is missing';
  return expected === undefined ? `is not valid: ${message}` : `must be of type ${expected}`;
};
