import { isWhole } from './sample.js';
import type { Verification } from './verification.js';

/** The documents of a collection that checks found divergent, and that no check has found right since. */
export interface KnownDivergent {
  readonly collection: string;
  /** Those of them that are known by id. */
  readonly ids: ReadonlySet<string>;
  /** All of them, also those that a check only counted. */
  readonly count: number;
}

/** What is known after a check of all documents, or of a sample and all that were known by id. */
export const knownAfter = (
  { collection, ids, count }: KnownDivergent,
  { sample, divergent, divergentCount }: Omit<Verification, 'checked' | 'passes'>,
): KnownDivergent => {
  const found = new Set(divergent.map(({ id }) => id));
  if (isWhole(sample)) return { collection, ids: found, count: divergentCount };
  // Where only some are listed, one that is not may be wrong all the same.
  if (divergent.length < divergentCount)
    return { collection, ids: new Set([...ids, ...found]), count: Math.max(divergentCount, count) };
  const right = [...ids].filter((id) => !found.has(id)).length;
  return { collection, ids: found, count: Math.max(divergentCount, count - right) };
};
