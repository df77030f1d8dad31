import type { ZodType } from 'zod';

/** A field's value, or the rule that it breaks. */
export type Field<T> = { readonly value: T; readonly rule?: undefined } | { readonly rule: string };

/** The field under the very rule that the services have for it. */
export const checked =
  <T>(name: string, schema: ZodType<T>) =>
  (value: unknown): Field<T> => {
    const result = schema.safeParse(value);
    return result.success
      ? { value: result.data }
      : { rule: `${name} ${result.error.issues[0]?.message ?? 'is wrong'}` };
  };

/**
 * `read`, remembering what it answered: a month of orders holds a few thousand different skus, prices and customers, and
 * forty thousand rows.
 */
export const remembering = <T>(read: (text: string) => Field<T>): ((text: string) => Field<T>) => {
  const known = new Map<string, Field<T>>();
  return (text) => {
    let field = known.get(text);
    if (!field) known.set(text, (field = read(text)));
    return field;
  };
};
