import { DocumentRefused } from '../errors.js';
import { isPlain } from '../plain-object.js';
import { wellFormedRule } from '../text.js';
import type { DocumentWrite, JsonObject, Parked } from './read-model-store.port.js';

const numberRule = 'must be a number that JSON has: not NaN, not infinite, and not -0';
const nameRule = 'must be a name of well-formed text without U+0000, and none that BSON gives a meaning';
const jsonRule = 'must be what JSON holds: text, a number, true, false, null, a list or a plain object';
const levelsRule = 'must not be nested deeper than 50 levels';

/** MongoDB takes 100, and some are around a document. */
const MOST_LEVELS = 50;
/** An object with one of these is something else to BSON. */
const RESERVED: ReadonlySet<string> = new Set(['$ref', '$id', '$db', '_bsontype']);

/**
 * Refuses what not every store gives back as it was: ill-formed text, and what JSON or BSON do not have. A field that is undefined
 * is one that is not there. @throws DocumentRefused naming the field and the rule
 */
export const requireStorable = (id: string, value: JsonObject | Parked | undefined): void => {
  if (value === undefined || known.has(value)) return;
  const flaw = flawInside(value, MOST_LEVELS);
  if (flaw) throw new DocumentRefused(id, flaw.path.join('.'), flaw.rule);
  known.add(value);
};

/** Documents are never changed: what was looked at behind its fold is not looked at again before it is written. */
const known = new WeakSet<object>();

/** What every store does before it writes anything. @throws DocumentRefused */
export const requireStorableWrites = (writes: readonly DocumentWrite[]): void => {
  for (const { id, document, parked } of writes) {
    if (!id.isWellFormed()) throw new DocumentRefused(id, '', wellFormedRule);
    requireStorable(id, document);
    requireStorable(id, parked);
  }
};

interface Flaw {
  readonly path: readonly string[];
  readonly rule: string;
}

const flawIn = (value: unknown, levels: number): Flaw | undefined => {
  switch (typeof value) {
    case 'string':
      return value.isWellFormed() ? undefined : { path: [], rule: wellFormedRule };
    case 'number':
      return Number.isFinite(value) && !Object.is(value, -0) ? undefined : { path: [], rule: numberRule };
    case 'boolean':
      return undefined;
    case 'object':
      return value === null ? undefined : flawInside(value, levels);
    default:
      return { path: [], rule: jsonRule };
  }
};

const flawInside = (value: object, levels: number): Flaw | undefined => {
  if (levels === 0) return { path: [], rule: levelsRule };
  if (Array.isArray(value)) return flawInList(value, levels);
  if (!isPlain(value)) return { path: [], rule: jsonRule };
  for (const name in value) {
    if (!isName(name)) return { path: [name], rule: nameRule };
    const flaw = value[name] === undefined ? undefined : flawIn(value[name], levels - 1);
    if (flaw) return { path: [name, ...flaw.path], rule: flaw.rule };
  }
  return undefined;
};

const flawInList = (list: readonly unknown[], levels: number): Flaw | undefined => {
  for (let i = 0; i < list.length; i += 1) {
    const flaw = flawIn(list[i], levels - 1);
    if (flaw) return { path: [String(i), ...flaw.path], rule: flaw.rule };
  }
  return undefined;
};

const isName = (name: string): boolean => name.isWellFormed() && !name.includes('\0') && !RESERVED.has(name);
