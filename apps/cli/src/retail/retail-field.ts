import type { ZodType } from 'zod';
import { namedCharacter, shownText } from './file/shown-text.js';

/** A field's value, or the rule that it breaks. */
export type Field<T> = { readonly value: T; readonly rule?: undefined } | { readonly rule: string };

/** What a wrong encoding leaves behind: U+FFFD, and control characters but for tabs and ends of lines. */
// eslint-disable-next-line no-control-regex -- control characters are what it is about
const LEFT_BY_ENCODING = /[\0-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufffd]/;

/** The field under the very rule that the services have for it. */
export const checked =
  <T>(name: string, schema: ZodType<T>) =>
  (value: unknown): Field<T> => {
    const left = typeof value === 'string' ? value.search(LEFT_BY_ENCODING) : -1;
    if (left >= 0)
      return {
        rule: `${name} must be readable text, ${namedCharacter(String(value), left)}: a wrong encoding leaves such behind`,
      };
    const result = schema.safeParse(value);
    return result.success
      ? { value: result.data }
      : {
          rule: `${name} ${result.error.issues[0]?.message ?? 'is wrong'}, is ${typeof value === 'string' ? shownText(value) : String(value)}`,
        };
  };

/** What programs write where there is no value. */
const NO_VALUE = new Set([
  'nan',
  'nat',
  'null',
  'nil',
  'none',
  'n/a',
  'na',
  '<na>',
  '#n/a',
  '(null)',
  '\\n',
  '-',
  'undefined',
]);

/** Whether the text stands for no value at all. */
export const isMissing = (text: string): boolean => text === '' || NO_VALUE.has(text.trim().toLowerCase());

/**
 * `read`, remembering what it answered: a month of orders holds a few thousand different skus, prices and customers, and
 * forty thousand rows. It forgets all of it where a file has too many.
 */
export const remembering = <T>(read: (text: string) => Field<T>): ((text: string) => Field<T>) => {
  const known = new Map<string, Field<T>>();
  return (text) => {
    let field = known.get(text);
    if (field) return field;
    if (known.size === MOST_REMEMBERED) known.clear();
    known.set(text, (field = read(text)));
    return field;
  };
};

const MOST_REMEMBERED = 100_000;
