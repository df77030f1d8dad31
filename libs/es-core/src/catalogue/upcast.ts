import { Unreadable } from '../errors.js';
import { checked, issuesText, type Schema } from '../schema.js';
import type { Versions } from './versions.js';
import { type StoredName, storedName } from './stored-name.js';

/**
 * The data in the newest shape that this code knows, through a schema before and after each step. A newer version is read
 * as that shape where it has all of it; undefined where it has not.
 * @throws Unreadable naming the event as `stored` and the step that failed.
 */
export const upcast = (
  { name, schemas, upcasters }: Versions,
  { version, data, stored }: Pick<StoredName, 'version'> & { readonly data: unknown; readonly stored: string },
): { readonly data: unknown } | undefined => {
  const last = schemas.length;
  if (version > last) return tolerantly(schemas[last - 1], data, stored);
  let value = parsed(schemas[version - 1], data, { stored, step: storedName(name, version) });
  for (let v = version; v < last; v += 1) {
    const step = `${storedName(name, v)} to ${storedName(name, v + 1)}`;
    const next = orUnreadable(() => (upcasters[v - 1] as (data: unknown) => unknown)(value), { stored, step });
    value = parsed(schemas[v], next, { stored, step });
  }
  return { data: value };
};

/** Where an event of the past could not be led on. */
export interface Step {
  /** The name that it is stored under. */
  readonly stored: string;
  /** `ParcelCreated.v1` while it is parsed, `ParcelCreated.v1 to ParcelCreated.v2` while it is led on. */
  readonly step: string;
}

/** @throws Unreadable when the data is not what the schema says, or the schema itself fails (deeper data than it can follow). */
export const parsed = (schema: Schema | undefined, data: unknown, step: Step): unknown => {
  const result = schema && orUnreadable(() => checked(schema, data, step.step), step);
  if (result && !result.issues) return result.value;
  throw unreadable(step, result && new Error(issuesText(result.issues)));
};

/** What `work` gives. @throws Unreadable when it fails, however it does. */
export const orUnreadable = <T>(work: () => T, step: Step): T => {
  try {
    return work();
  } catch (cause) {
    throw cause instanceof Unreadable ? cause : unreadable(step, cause);
  }
};

const unreadable = ({ stored, step }: Step, cause: unknown): Unreadable =>
  new Unreadable(stored === step ? stored : `${stored} (${step})`, { type: stored, step }, { cause });

const tolerantly = (
  schema: Schema | undefined,
  data: unknown,
  stored: string,
): { readonly data: unknown } | undefined => {
  try {
    const result = schema && checked(schema, data, stored);
    return result && !result.issues ? { data: result.value } : undefined;
  } catch {
    return undefined; // What this schema cannot follow, a newer one may.
  }
};
