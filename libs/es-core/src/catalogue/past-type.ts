import type { Versions } from './versions.js';

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
  /** The stored names with their versions that it may become, `ParcelShipped.v1`. They are led on from there. */
  readonly into: readonly [string, ...string[]];
  /** Given the data in the newest of its own shapes. */
  readonly split: (data: never) => readonly PastEvent[];
}

/** Several stored events that are one by now, where a commit holds them one behind the other in this order. */
export interface MergedTypes {
  readonly kind: 'merged';
  readonly parts: readonly Versions[];
  /** The stored name with its version that they become, `ParcelShipped.v1`. It is led on from there. */
  readonly into: string;
  /** Given by name the data of the parts that are there, in the newest of their own shapes. Undefined: what they were is nothing. */
  readonly merge: (parts: never) => unknown;
}

/** Recorded once, and nothing by now: neither read nor recorded any more, in whatever version. */
export interface RetiredType {
  readonly kind: 'retired';
  readonly name: string;
}

/** What is still stored and not recorded any more. */
export type PastType = RenamedType | SplitType | MergedTypes | RetiredType;

/** The names that are taken by it. */
export const namesOf = (past: PastType): readonly string[] =>
  past.kind === 'merged' ? past.parts.map(({ name }) => name) : [past.name];
