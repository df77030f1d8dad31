import type { Platform } from './platform.js';

/**
 * Of a command's content: what has to be the same when an id is used again. The order in which an object's fields were
 * written does not matter: a later release may well write them in another one.
 */
export const fingerprintOf = (platform: Platform, content: unknown): string =>
  platform.sha256(inFixedOrder(content)).slice(0, 22);

/**
 * True where `given` is the fingerprint of the same command. One that ends in a dot is of a command whose personal fields
 * cannot be compared any more, their subject being forgotten: the rest of it decides.
 */
export const isSameFingerprint = (recorded: string, given: string): boolean =>
  given.endsWith('.') ? recorded.startsWith(given) : recorded === given;

/** JSON with each object's fields in the order of their names; a field that is undefined is left out. */
export const inFixedOrder = (value: unknown): string => {
  if (typeof value === 'string') return JSON.stringify(value);
  if (typeof value !== 'object' || value === null) return String(value);
  if (Array.isArray(value)) return `[${value.map(inFixedOrder).join(',')}]`;
  const object = value as Readonly<Record<string, unknown>>;
  let text = '{';
  for (const name of Object.keys(object).sort())
    if (object[name] !== undefined) text += `${JSON.stringify(name)}:${inFixedOrder(object[name])},`;
  return `${text}}`;
};
