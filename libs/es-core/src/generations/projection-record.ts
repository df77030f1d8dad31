import { Unreadable } from '../errors.js';
import type { Json, JsonObject } from '../read-models/read-model-store.port.js';
import type { Generation } from './generation.js';

/** An event that a person has decided not to be folded into a document. */
export type Discard = {
  /** The event's: `parcels.events/3@1204`. */
  readonly position: string;
  readonly document: string;
  readonly reason: string;
  readonly actor: string;
  readonly at: string;
};

/** What a projection keeps about itself; one for each projection's name, changed by compare-and-set. */
export type ProjectionRecord = {
  /** Answers queries; absent before the first start. */
  readonly live?: Generation;
  /** Is made beside the live one, to take its place. */
  readonly filling?: Generation;
  /** Was live before. */
  readonly previous?: Generation;
  /** True while `previous` is what was rolled back from: nobody goes back to it by himself. */
  readonly rolledBack?: boolean;
  /** When `previous` became that. */
  readonly switchedAt?: string;
  readonly nextNumber: number;
  readonly discards: readonly Discard[];
};

export const NO_RECORD: ProjectionRecord = { nextNumber: 1, discards: [] };

export const generationsOf = ({ live, filling, previous }: ProjectionRecord): readonly Generation[] =>
  [live, filling, previous].filter((one) => one !== undefined);

/** @throws Unreadable when it is not one, and names the field. */
export const toProjectionRecord = (projection: string, value: JsonObject): ProjectionRecord => {
  for (const [field, isRight] of Object.entries(FIELDS))
    if (!isRight(value[field]))
      throw new Unreadable(`the field ${field} in the record of ${projection}`, { projection, field });
  // Every field was looked at above.
  return value as unknown as ProjectionRecord;
};

type Check = (value: Json | undefined) => boolean;

const isObject = (value: Json | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const isCount: Check = (value) => Number.isSafeInteger(value) && Number(value) >= 1;
const isText: Check = (value) => typeof value === 'string';
const isGeneration: Check = (value) =>
  isObject(value) && isCount(value['number']) && Number.isInteger(value['revision']);
const isDiscard: Check = (value) =>
  isObject(value) && ['position', 'document', 'reason', 'actor', 'at'].every((field) => isText(value[field]));
const orAbsent =
  (check: Check): Check =>
  (value) =>
    value === undefined || check(value);

const FIELDS: Readonly<Record<keyof ProjectionRecord, Check>> = {
  live: orAbsent(isGeneration),
  filling: orAbsent(isGeneration),
  previous: orAbsent(isGeneration),
  rolledBack: orAbsent((value) => typeof value === 'boolean'),
  switchedAt: orAbsent(isText),
  nextNumber: isCount,
  discards: (value) => Array.isArray(value) && value.every(isDiscard),
};
