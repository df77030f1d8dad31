import { Unreadable } from '@ledgerline/es-core';
import { packEach, unpackStrings } from './packed-strings.js';

/** How one kind of value is stored: its fields as strings, in a fixed order. */
export interface FieldLayout<F extends string> {
  readonly what: string;
  readonly fields: readonly F[];
}

export const packFields = <F extends string>(
  { fields }: FieldLayout<F>,
  value: { readonly [name in F]?: string | number | undefined },
): Buffer => packEach(fields, (name) => String(value[name] ?? ''));

/** Answers the value of each field. @throws Unreadable when the bytes are damaged. */
export const unpackFields = <F extends string>(
  { what, fields }: FieldLayout<F>,
  bytes: Buffer,
): ((name: F) => string) => {
  const values = unpackStrings(bytes, what);
  if (values.length !== fields.length) throw new Unreadable(what);
  return (name) => values[fields.indexOf(name)] ?? '';
};
