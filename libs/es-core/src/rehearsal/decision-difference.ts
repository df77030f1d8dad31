import type { EventCatalogue } from '../catalogue.js';
import { parseStoredName } from '../catalogue/stored-name.js';
import type { Decision, DomainEvent, Rejection } from '../aggregate/decision.js';
import { checked, type Schema } from '../schema.js';
import type { RawEvent } from '../stream-index/stream-index.port.js';

/** What a command came to: the events that it recorded, or the verdict that was remembered. */
export type Recording =
  | { readonly recorded: readonly RawEvent[]; readonly catalogue: EventCatalogue<DomainEvent> }
  | { readonly recorded?: undefined; readonly rejection: Rejection | undefined };

/** How today's decision differs from what was recorded, in words; undefined where it does not. */
export const differenceOf = (
  recording: Recording,
  { events, rejection }: Decision<DomainEvent>,
): string | undefined => {
  const now = rejection ? `rejected (${rejection.code})` : namesOf(events ?? []);
  if (!recording.recorded) {
    const then = recording.rejection ? `rejected (${recording.rejection.code})` : namesOf([]);
    return then === now ? undefined : `it was ${then}, and is ${now}`;
  }
  const { recorded, catalogue } = recording;
  const then = namesOf(recorded.map(({ type }) => ({ type: parseStoredName(type)?.name ?? type })));
  // What was recorded under names that are only read any more is no measure of what is recorded today.
  if (recorded.some(({ type }) => !isLiving(catalogue, type))) return undefined;
  if (then !== now) return `it was ${then}, and is ${now}`;
  const fields = recorded.flatMap((raw, i) => differingFields(catalogue, raw, events?.[i]?.data));
  return fields.length === 0 ? undefined : `it is decided with other data: ${fields.join(', ')}`;
};

const namesOf = (events: readonly { readonly type: string }[]): string =>
  events.length === 0 ? 'nothing' : events.map(({ type }) => type).join(', ');

const isLiving = ({ types }: EventCatalogue<DomainEvent>, stored: string): boolean =>
  types.some(({ name }) => name === parseStoredName(stored)?.name);

/** Compared in the shape that it was recorded in: what has come to it since was not recorded then. */
const differingFields = ({ types }: EventCatalogue<DomainEvent>, { type, data }: RawEvent, now: unknown): string[] => {
  const { name, version = 1 } = parseStoredName(type) ?? {};
  const schema = types.find((one) => one.name === name)?.schemas[version - 1];
  const after = fieldsOf(schema, now, type);
  if (!schema || !after) return []; // Of another shape today: there is no measure.
  const before = fieldsOf(schema, JSON.parse(data), type) ?? {};
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  return names.filter((field) => JSON.stringify(before[field]) !== JSON.stringify(after[field]));
};

const fieldsOf = (
  schema: Schema | undefined,
  data: unknown,
  type: string,
): Readonly<Record<string, unknown>> | undefined => {
  const result = schema && checked(schema, data, type);
  return result && !result.issues ? (result.value as Readonly<Record<string, unknown>>) : undefined;
};
