import type { Platform } from './platform.js';

/**
 * Of a command's content: what has to be the same when an id is used again. The order in which an object's fields were
 * written does not matter: a later release may well write them in another one.
 */
export const fingerprintOf = (platform: Platform, content: unknown): string =>
  platform.sha256(JSON.stringify(inFixedOrder(content))).slice(0, 22);

const inFixedOrder = (value: unknown): unknown => {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(inFixedOrder);
  const fields = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(fields.map(([name, field]) => [name, inFixedOrder(field)]));
};
