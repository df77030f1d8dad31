import { NotJson } from './errors.js';
import { isPlain } from './plain-object.js';
import type { Platform } from './platform.js';

/**
 * Of a command's content: what has to be the same when an id is used again. The order in which an object's fields were
 * written does not matter: a later release may well write them in another one. @throws NotJson
 */
export const fingerprintOf = (platform: Platform, content: unknown): string =>
  platform.sha256(inFixedOrder(content)).slice(0, 22);

/**
 * True where `given` is the fingerprint of the same command. One that ends in a dot is of a command whose personal fields
 * cannot be compared any more, their subject being forgotten: the rest of it decides.
 */
export const isSameFingerprint = (recorded: string, given: string): boolean =>
  given.endsWith('.') ? recorded.startsWith(given) : recorded === given;

/**
 * JSON with each object's fields in the order of their names; a field that is undefined is left out.
 * @throws NotJson for what JSON does not carry: it would be recorded as something else, or not at all.
 */
export const inFixedOrder = (value: unknown): string => write(value, []);

/** More is a thing that holds itself, or nothing that anybody sends. */
const MOST_LEVELS = 1_000;

/** Stands for what the fingerprint leaves out: a field that is not there, and in a list, which keeps its length, no JSON. */
export const LEFT_OUT = Symbol('left out');

type Path = (string | number)[];

const write = (value: unknown, path: Path): string => {
  if (typeof value === 'string') return JSON.stringify(value);
  if (typeof value !== 'object' || value === null) return writeScalar(value, path);
  if (path.length >= MOST_LEVELS) throw new NotJson(path, `something more than ${MOST_LEVELS} levels deep`);
  return Array.isArray(value) ? writeArray(value, path) : writeObject(value, path);
};

const writeScalar = (value: unknown, path: Path): string => {
  if (value === null || typeof value === 'boolean') return String(value);
  if (value === LEFT_OUT) return 'undefined'; // As in the fingerprints that logs hold.
  if (typeof value !== 'number') throw new NotJson(path, NAMES[typeof value] ?? typeof value);
  if (Object.is(value, -0)) throw new NotJson(path, '-0');
  if (!Number.isFinite(value)) throw new NotJson(path, String(value));
  return String(value);
};

const NAMES: Readonly<Record<string, string>> = { bigint: 'a bigint', function: 'a function', symbol: 'a symbol' };

const writeArray = (items: readonly unknown[], path: Path): string => {
  let text = '[';
  // By index: an array with a hole has nothing there to call anybody with.
  for (let i = 0; i < items.length; i += 1) {
    path.push(i);
    text += i === 0 ? write(items[i], path) : `,${write(items[i], path)}`;
    path.pop();
  }
  return `${text}]`;
};

const writeObject = (object: object, path: Path): string => {
  if (!isPlain(object)) throw new NotJson(path, `a ${object.constructor.name}`);
  if (Object.getOwnPropertySymbols(object).length > 0) throw new NotJson(path, 'something with a symbol for a name');
  let text = '{';
  for (const name of Object.keys(object).sort()) {
    const field = object[name];
    if (field === undefined || field === LEFT_OUT) continue;
    path.push(name);
    text += `${JSON.stringify(name)}:${write(field, path)},`;
    path.pop();
  }
  return `${text}}`;
};
