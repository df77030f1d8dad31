import { z } from 'zod';
import { shortHash } from './short-hash.js';

const cursorRule = 'must be the "next" of an earlier answer, unchanged';

/** The last item of a page, and which list it is a page of. */
export interface ListCursor<Place> {
  readonly place: Place;
  readonly list: string;
}

export const listCursor = (place: readonly string[], list: string): string =>
  Buffer.from(JSON.stringify([...place, list])).toString('base64url');

/** Reads a cursor whose place is made of two texts. */
export const listCursorInQuery = <Place>(
  parts: z.ZodType<readonly [string, string, string]>,
  placeOf: (first: string, second: string) => Place,
) =>
  z.string({ error: cursorRule }).transform((text, context): ListCursor<Place> => {
    const found = parts.safeParse(valueIn(text)).data;
    if (found) return { place: placeOf(found[0], found[1]), list: found[2] };
    context.issues.push({ code: 'custom', message: cursorRule, input: text });
    return z.NEVER;
  });

export const listName = (list: readonly (string | undefined)[]): string => shortHash(JSON.stringify(list), 8);

const valueIn = (text: string): unknown => {
  const bytes = Buffer.from(text, 'base64url');
  if (bytes.toString('base64url') !== text) return undefined;
  try {
    return JSON.parse(bytes.toString('utf8'));
  } catch {
    return undefined; // Not one of ours, whatever it is.
  }
};
