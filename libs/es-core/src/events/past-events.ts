import type { MergedTypes, RenamedType, RetiredType, SplitType } from '../catalogue/past-type.js';
import { type DataOf, type EventDefinition, versionsOf } from './schema-versions.js';

/** Stored under `name` before: `<name>.v1` is read as `<to>.v1`, and so on. */
export const renamed = (name: string, to: string): RenamedType => ({ kind: 'renamed', name, to });

/**
 * One stored event that is several by now: `into` names those that it may become, with their versions, `ParcelShipped.v1`; they are led on
 * from there. `rule` is given the data in the newest of its own shapes; it may answer fewer events, or one more than once.
 * @throws Error naming the event, when a version has no schema
 */
export const split = <const D extends EventDefinition, const I extends string>(
  name: string,
  definition: D,
  into: readonly [I, ...I[]],
  rule: (data: DataOf<D>) => readonly { readonly type: NoInfer<I>; readonly data: unknown }[],
): SplitType => ({ kind: 'split', ...versionsOf(name, definition), into, split: rule });

/**
 * Several stored events that are one by now, where a commit holds them one behind the other in the order in which `parts` names them.
 * `into` is the stored name with its version that they become, `ParcelShipped.v1`; it is led on from there. `rule` is given the data of
 * each by its name, in the newest of its own shapes; a part may stand alone, and what is not there is undefined. It answers the data of
 * `into`, or undefined where this is nothing.
 * @throws Error naming the event, when a version has no schema
 */
export const merged = <const P extends Readonly<Record<string, EventDefinition>>>(
  parts: P,
  into: string,
  rule: (parts: { readonly [N in keyof P]?: DataOf<P[N]> }) => unknown,
): MergedTypes => ({
  kind: 'merged',
  parts: Object.entries(parts).map(([name, definition]) => versionsOf(name, definition)),
  into,
  merge: rule,
});

/** Recorded once, and nothing by now: neither read nor recorded any more, in whatever version. */
export const retired = (name: string): RetiredType => ({ kind: 'retired', name });
