import { EsError } from '@ledgerline/es-core';
import { z } from 'zod';
import type { Gap } from './comparison/gap.js';
import { gapsBetween } from './comparison/gaps-between.js';
import { grouped } from './grouped.js';
import { asWritten } from './json-schema.js';
import type { ReleasedSchema } from './released-schemas.js';
import { samplesOf } from './samples.js';
import { type EventTopic, readStored, retiredIn, type StoredSchema } from './stored-schemas.js';

/** Something about a released event that a change of today would break. */
export interface BreakingChange {
  readonly topic: string;
  readonly storedName: string;
  /** Of the field, such as `lines[].quantity`; empty for the event as a whole. */
  readonly path: string;
  /**
   * `reading`: what is recorded, and stays for ever, would no longer be read. `writing`: what would be recorded now is refused
   * by readers of the last release, which still run while the next one is rolled out.
   */
  readonly breaks: 'reading' | 'writing';
  readonly why: string;
  readonly instead: string;
}

export interface Comparands {
  readonly released: readonly ReleasedSchema[];
  readonly today: readonly StoredSchema[];
  readonly topics: readonly EventTopic[];
}

/** Each change since the releases that would break something. Schemas that were never released may change as they like. */
export const breakingChanges = ({ released, today, topics }: Comparands): readonly BreakingChange[] => {
  const all = [...grouped(released, nameOf).values()].flatMap((revisions): readonly BreakingChange[] => {
    const last = revisions.at(-1);
    if (!last) return [];
    const current = today.find((one) => nameOf(one) === nameOf(last));
    if (!current) return isRetired(last, topics) ? [] : [removed(last, today)];
    return [
      ...revisions.flatMap((revision) => {
        const changes = unread(revision, current);
        return changes.length > 0 ? changes : unreadable(revision, topics);
      }),
      ...(current.isCurrent ? refused(current, last) : []),
    ];
  });
  return [...new Map(all.map((one) => [[one.storedName, one.path, one.breaks, one.why].join('\n'), one])).values()];
};

const isRetired = ({ topic, event }: ReleasedSchema, topics: readonly EventTopic[]): boolean =>
  topics.some((one) => one.topic === topic && retiredIn(one).includes(event));

const nameOf = ({ topic, storedName }: Pick<StoredSchema, 'topic' | 'storedName'>): string => `${topic} ${storedName}`;

/** An event of a topic, and what is to be said of it. */
const change = (
  { topic, storedName }: { readonly topic: string; readonly storedName: string },
  about: Omit<BreakingChange, 'topic' | 'storedName'>,
): BreakingChange => ({ topic, storedName, ...about });

const removed = (last: ReleasedSchema, today: readonly StoredSchema[]): BreakingChange => {
  const elsewhere = today.find(({ storedName }) => storedName === last.storedName);
  const why = elsewhere
    ? `${last.topic} holds such events, and they are looked for in ${elsewhere.topic} now`
    : `${last.topic} may hold such events since ${last.release}, and readers would pass over them`;
  const instead =
    `Put ${last.storedName} back into the catalogue of ${last.topic}. ` +
    'An event that is no longer written is retired there, never removed.';
  return change(last, { path: '', breaks: 'reading', why, instead });
};

const unread = (revision: ReleasedSchema, current: StoredSchema): readonly BreakingChange[] =>
  gapsBetween(asWritten(revision.schema), current.schema).map((gap) =>
    change(current, {
      ...{ path: gap.path, breaks: 'reading', why: whyUnread(gap, revision) },
      instead: insteadOf(gap, revision),
    }),
  );

const refused = (current: StoredSchema, last: ReleasedSchema): readonly BreakingChange[] =>
  gapsBetween(asWritten(current.schema), last.schema).map((gap) =>
    change(current, {
      ...{ path: gap.path, breaks: 'writing', why: whyRefused(gap, last) },
      instead: insteadOf(gap, last),
    }),
  );

/** Led through every upcaster to today's shape, as a reader does it. */
const unreadable = (revision: ReleasedSchema, topics: readonly EventTopic[]): readonly BreakingChange[] => {
  const { topic, storedName, version, event, release } = revision;
  const readers = topics.filter((one) => one.topic === topic);
  for (const data of samplesOf(asWritten(revision.schema))) {
    try {
      for (const reader of readers) readStored(reader, storedName, data);
    } catch (error) {
      const why = `an event that ${release} could record is not read: ${JSON.stringify(data)}: ${reasonOf(error)}`;
      const instead = `Mend the way from version ${version} of ${event} to today's: each upcaster takes all that its version allows.`;
      return [change(revision, { path: '', breaks: 'reading', why, instead })];
    }
  }
  return [];
};

/** What a reader of events says is that the event cannot be read; why is in its cause. */
const reasonOf = (error: unknown): string => {
  if (!(error instanceof EsError)) throw error;
  const { cause } = error;
  if (cause instanceof z.ZodError)
    return cause.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('; ');
  return cause instanceof Error ? cause.message : error.message;
};

const whyUnread = ({ kind, source, target }: Gap, { release }: ReleasedSchema): string => {
  switch (kind) {
    case 'required':
      return `required now; events recorded since ${release} may be without it`;
    case 'field':
      return `refused now; events recorded since ${release} may have it (${source})`;
    case 'personal':
      return `read as ${target} now; events recorded since ${release} hold it ${source}`;
    case 'incomparable':
      return whyIncomparable(source);
    default:
      return `events recorded since ${release} may have ${source}; today's schema takes ${target}`;
  }
};

const whyRefused = ({ kind, source, target }: Gap, { release }: ReleasedSchema): string => {
  switch (kind) {
    case 'required':
      return `may be missing now; readers of ${release} require it`;
    case 'field':
      return `recorded now (${source}); readers of ${release} refuse such a field`;
    case 'personal':
      return `recorded as ${source} now; readers of ${release} take it as ${target}`;
    case 'incomparable':
      return whyIncomparable(source);
    default:
      return `may be ${source} now; readers of ${release} take ${target}`;
  }
};

const whyIncomparable = (keywords: string): string =>
  `changed where the schema says ${keywords}, of which nobody can tell here what it does to events that are recorded`;

const insteadOf = ({ kind }: Gap, { storedName, event, version }: ReleasedSchema): string => {
  const added = `Leave ${storedName} as it was released; add a version of ${event} with the change, and an upcaster from version ${version}.`;
  return kind === 'incomparable' ? `Say it in keywords that can be compared. Or: ${added}` : added;
};
