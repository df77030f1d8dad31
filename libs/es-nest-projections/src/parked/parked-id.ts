import { z } from 'zod';

/** Where a parked document is, and because of which event. */
export interface ParkedPlace {
  readonly projection: string;
  readonly collection: string;
  readonly id: string;
  /** Its position: what is discarded is what was seen, whatever the document is parked because of by then. */
  readonly event: string;
}

const place = z.tuple([z.string(), z.string(), z.string(), z.string()]);

/** An id for URLs, opaque to everybody else. */
export const parkedId = ({ projection, collection, id, event }: ParkedPlace): string =>
  Buffer.from(JSON.stringify([projection, collection, id, event])).toString('base64url');

/** The place that the text names; undefined when it is no such id. */
export const placeOf = (text: string): ParkedPlace | undefined => {
  const { data } = place.safeParse(jsonIn(Buffer.from(text, 'base64url').toString()));
  if (!data) return undefined;
  const [projection, collection, id, event] = data;
  const found = { projection, collection, id, event };
  // Characters that base64url does not have are left out in reading: only the one spelling is taken.
  return parkedId(found) === text ? found : undefined;
};

const jsonIn = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // No JSON is as much no id as other JSON is.
  }
};
