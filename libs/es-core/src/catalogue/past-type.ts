import { checkVersions, type Versions } from './event-type.js';

/** An event as it was stored once: its name with the version, and its data, parsed. */
export interface PastEvent {
  readonly type: string;
  readonly data: unknown;
}

/** Stored under `name` before: `<name>.v1` is read as `<to>.v1`, and so on. */
export interface RenamedType {
  readonly kind: 'renamed';
  readonly name: string;
  readonly to: string;
}

/** One stored event that is several by now. */
export interface SplitType extends Versions {
  readonly kind: 'split';
  /** The stored names with their versions that it may become, `ParcelPlaced.v1`. They are led on from there. */
  readonly into: readonly [string, ...string[]];
  /** Given the data in the newest of its own shapes. */
  readonly split: (data: never) => readonly PastEvent[];
}

/** Several stored events that are one by now, where a commit holds them one behind the other in this order. */
export interface MergedTypes {
  readonly kind: 'merged';
  readonly parts: readonly [Versions, Versions, ...Versions[]];
  /** The stored name with its version that they become, `ParcelPlaced.v1`. It is led on from there. */
  readonly into: string;
  /**
   * Given the data of each part at its place, in the newest of its own shapes; undefined for one that is not there: a part
   * may stand alone. Answers the data of `into`, or undefined where this is nothing.
   */
  readonly merge: (parts: never) => unknown;
}

/** Recorded once, and nothing by now: neither read nor recorded any more, in whatever version. */
export interface RetiredType {
  readonly kind: 'retired';
  readonly name: string;
}

/** What is still stored and not recorded any more. */
export type PastType = RenamedType | SplitType | MergedTypes | RetiredType;

/** The versions of a name that is only read any more. */
export const pastVersions = (
  name: string,
  schemas: Versions['schemas'],
  upcasters: Versions['upcasters'] = [],
): Versions => {
  checkVersions({ name, schemas, upcasters });
  return { name, schemas, upcasters };
};

export const renamedType = (name: string, to: string): RenamedType => ({ kind: 'renamed', name, to });

export const splitType = (versions: Versions, into: SplitType['into'], split: SplitType['split']): SplitType => ({
  ...{ kind: 'split', ...versions, into, split },
});

export const mergedTypes = (parts: MergedTypes['parts'], into: string, merge: MergedTypes['merge']): MergedTypes => ({
  ...{ kind: 'merged', parts, into, merge },
});

export const retiredType = (name: string): RetiredType => ({ kind: 'retired', name });

/** The names that are taken by it. */
export const namesOf = (past: PastType): readonly string[] =>
  past.kind === 'merged' ? past.parts.map(({ name }) => name) : [past.name];
