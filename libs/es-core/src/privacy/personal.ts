import { isPlain } from '../plain-object.js';

/** A personal field as somebody sent it. It gets no further than to the instance that decides its command. */
export interface Unsealed<T> {
  readonly unsealed: T;
}

/** A personal field everywhere else: `1:<subject>:<field>:<encrypted>`. Only who answers a person opens it. */
export interface Sealed {
  readonly sealed: string;
}

/**
 * A field about a person. Rules and folds hand it on and never look into it: what they come to must be the same after the
 * person was forgotten.
 */
export type Personal<T> = Unsealed<T> | Sealed;

/** What a field of a forgotten person reads as, whatever it was. */
export const FORGOTTEN = '[forgotten]';

/** What a field reads as whose key is not there although nobody was forgotten. */
export const UNREADABLE = '[unreadable]';

/** Of the text in a sealed field. */
export const SEALED_FORM = /^1:([A-Za-z0-9._-]{1,128}):([^:"\\]{1,200}):([A-Za-z0-9_-]+)$/;
/** In JSON text no string can hold this: its quotes would be escaped. */
const IN_JSON = /\{"sealed":"([^"\\]+)"\}/g;

export interface SealedParts {
  readonly subject: string;
  /** Where it was in the command, `contact.email`. */
  readonly field: string;
  readonly encrypted: string;
}

export const sealedOf = ({ subject, field, encrypted }: SealedParts): Sealed => ({
  sealed: `1:${subject}:${field}:${encrypted}`,
});

/** Undefined for what is no sealed field. */
export const sealedParts = (sealed: string): SealedParts | undefined => {
  const [, subject, field, encrypted] = SEALED_FORM.exec(sealed) ?? [];
  return subject && field && encrypted ? { subject, field, encrypted } : undefined;
};

export const isUnsealed = (value: object): value is Unsealed<unknown> =>
  'unsealed' in value && Object.keys(value).length === 1;

/** False where there is surely no sealed field in the JSON text; costs next to nothing. */
export const mayHoldSealed = (json: string): boolean => json.includes('{"sealed":"');

/** The sealed fields in JSON text, each once. */
export const sealedIn = (json: string): readonly SealedParts[] =>
  [...new Set([...json.matchAll(IN_JSON)].map(([, sealed = '']) => sealed))].flatMap(
    (sealed) => sealedParts(sealed) ?? [],
  );

/** The JSON text with what `open` answers, JSON too, in place of each sealed field. */
export const withOpened = (json: string, open: (parts: SealedParts) => string): string =>
  json.replace(IN_JSON, (whole, sealed: string) => {
    const parts = sealedParts(sealed);
    return parts ? open(parts) : whole;
  });

/** `value` with what `change` answers in place of each personal field that is not sealed; the fields' paths are joined by dots. */
export const changingUnsealed = (
  value: unknown,
  change: (value: unknown, field: string) => unknown,
  path: readonly string[] = [],
): unknown => {
  if (typeof value !== 'object' || value === null) return value;
  if (isUnsealed(value)) return change(value.unsealed, path.join('.'));
  if (Array.isArray(value)) return value.map((item, i) => changingUnsealed(item, change, [...path, String(i)]));
  if (!isPlain(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, field]) => [name, changingUnsealed(field, change, [...path, name])]),
  );
};
