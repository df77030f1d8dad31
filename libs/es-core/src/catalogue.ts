import { dropsFields, fieldLeftOut } from './catalogue/dropped-fields.js';
import { KnownNames } from './catalogue/known-names.js';
import { parsed, orUnreadable } from './catalogue/upcast.js';
import { type PastType } from './catalogue/past-type.js';
import { storedName } from './catalogue/stored-name.js';
import { joined, type Part, type Today, todaysEvents, type Unread } from './catalogue/todays-events.js';
import type { Versions } from './catalogue/versions.js';
import type { DomainEvent } from './aggregate/decision.js';
import { NewerCommand, Unrecordable } from './errors.js';
import { isSchema, jsonSchemaOf, type Schema } from './schema.js';

/** How an event is stored: its name with the schema's version, and its data. */
export interface StoredShape {
  readonly type: string;
  readonly data: string;
}

/**
 * Every event type that a service writes or reads, and how what was stored before is read. Stored names are explicit
 * (`ParcelCreated.v1`), never a class name, so code can be renamed freely; data goes through a schema before and after each
 * step on its way to today.
 */
export interface EventCatalogue<E extends DomainEvent> {
  readonly types: readonly Versions[];
  /** What is only read any more. */
  readonly past: readonly PastType[];
  /** Says another thing when stored events may be read otherwise: other names, schemas, or rules. */
  readonly revision: string;
  /**
   * Today's stored shape. @throws Unreadable when the data breaks the event's own schema, Unrecordable for a type that is
   * none of today's (both are bugs in the decider). @throws NewerCommand when the schema would drop a part of it.
   */
  encode(event: E): StoredShape;
  /**
   * What the stored events of one commit are today, for each of them; events that are merged are in the place of the last of
   * theirs. What can only become something whose name nobody `wants` is none, and not even parsed.
   * @throws Unreadable, naming event and step, when a known event does not parse or a step fails.
   */
  decode(commit: readonly StoredShape[], wants?: (name: E['type']) => boolean): readonly Today<E>[];
  /** True when reading the event leaves out fields that it was stored with: a newer writer knows more of it than this code. */
  dropsFields(stored: StoredShape): boolean;
}

/**
 * @throws Error naming the type, when a name has two meanings, leads to one that is not there, or leads in a circle.
 */
export const eventCatalogue = (types: readonly Versions[], past: readonly PastType[]): EventCatalogue<DomainEvent> => {
  const names = new KnownNames(types, past);
  const current = new Map<string, { readonly stored: string; readonly schema: Schema | undefined }>(
    types.map(({ name, schemas }) => [name, { stored: storedName(name, schemas.length), schema: schemas.at(-1) }]),
  );
  const hasMerged = past.some(({ kind }) => kind === 'merged');
  let revision: string | undefined;

  const encode = ({ type, data }: DomainEvent): StoredShape => {
    const today = current.get(type);
    if (!today) throw new Unrecordable(type, names.meaningOf(type)?.kind);
    const { stored, schema } = today;
    const step = { stored, step: stored };
    const whole = parsed(schema, data, step);
    const field = fieldLeftOut(whole, data);
    if (field !== undefined) throw new NewerCommand(type, field);
    return { type: stored, data: orUnreadable(() => JSON.stringify(whole), step) };
  };

  const decodeOne = (
    { type, data }: StoredShape,
    wants: ((name: string) => boolean) | undefined,
  ): readonly (DomainEvent | Part)[] | Unread => {
    const found = names.find(type);
    if (!found) return 'unknown-type';
    const { leadsTo } = found;
    if (leadsTo.size === 0 || (wants && ![...leadsTo].some(wants))) return [];
    return todaysEvents(names, { type, data: fromJson(type, data) }) ?? 'unknown-version';
  };

  const decode: EventCatalogue<DomainEvent>['decode'] = (commit, wants) => {
    const found = commit.map((stored) => decodeOne(stored, wants));
    return hasMerged ? joined(names, found) : (found as readonly Today<DomainEvent>[]);
  };

  return {
    ...{ types, past, encode, decode },
    dropsFields: ({ type, data }) => dropsFields(names, { type, data: fromJson(type, data) }),
    get revision() {
      return (revision ??= revisionOf(types, past));
    },
  };
};

const fromJson = (stored: string, data: string): unknown =>
  orUnreadable(() => JSON.parse(data) as unknown, { stored, step: stored });

const revisionOf = (types: readonly Versions[], past: readonly PastType[]): string =>
  JSON.stringify([types, past], (_name, value: unknown) => {
    if (isSchema(value)) return jsonSchemaOf(value) ?? {};
    return typeof value === 'function' ? value.toString() : value;
  });
