import { breakingChanges } from './breaking-changes.js';
import { gapsBetween } from './comparison/gaps-between.js';
import { assertionsOf, asWritten, isSame } from './json-schema.js';
import { readReleased, type ReleasedSchema, ReleasedSchemasUnusable, writeRelease } from './released-schemas.js';
import { breakingReport } from './report.js';
import { type EventTopic, type StoredSchema, storedSchemas } from './stored-schemas.js';

/** The catalogues of today, and where the released schemas are kept. */
export interface Gate {
  readonly topics: readonly EventTopic[];
  readonly directory: string;
}

export interface Verdict {
  readonly isCompatible: boolean;
  /** For people. */
  readonly report: string;
}

/**
 * Whether today's catalogues may take the place of the released ones: all that is recorded is still read, and what is
 * recorded from now on is read by the last release.
 * @throws ReleasedSchemasUnusable, SchemaNotComparable
 */
export const checkCompatibility = (gate: Gate): Verdict => {
  const released = readReleased(gate.directory);
  if (released.length === 0)
    throw new ReleasedSchemasUnusable(gate.directory, 'has no release yet: run `npx nx run events:release-schemas`');
  return verdictOn(gate, released);
};

/**
 * Records today's schemas that are new, or take more than they did, as those of `release`. Nothing is recorded where
 * something breaks. What was recorded before stays as it is.
 * @throws ReleasedSchemasUnusable, SchemaNotComparable
 */
export const releaseSchemas = (gate: Gate, release: string): Verdict => {
  const released = readReleased(gate.directory);
  const verdict = verdictOn(gate, released);
  if (!verdict.isCompatible) return { ...verdict, report: `${verdict.report}\n\nNothing was recorded.` };
  const unreleased = newSince(released, storedSchemas(gate.topics));
  if (unreleased.length === 0) return { ...verdict, report: 'There is nothing new to record.' };
  writeRelease(gate.directory, release, unreleased);
  return { ...verdict, report: `Recorded as ${release}: ${namesOf(unreleased)}.` };
};

const verdictOn = ({ topics }: Gate, released: readonly ReleasedSchema[]): Verdict => {
  const today = storedSchemas(topics);
  const changes = breakingChanges({ released, today, topics });
  if (changes.length > 0) return { isCompatible: false, report: breakingReport(changes) };
  const unreleased = newSince(released, today);
  const compatible = `${today.length} schemas of stored events are compatible with ${released.length} released ones.`;
  return {
    isCompatible: true,
    report: [compatible, ...unreleased.map((one) => unreleasedLine(one, released))].join('\n'),
  };
};

/** Of a new version, what readers make of it that know only the versions before. */
const unreleasedLine = (
  { topic, event, storedName, schema }: StoredSchema,
  released: readonly ReleasedSchema[],
): string => {
  const line = `Not released yet: ${storedName}`;
  const before = released.findLast((one) => one.topic === topic && one.event === event);
  if (!before || before.storedName === storedName) return `${line}.`;
  const isRead = gapsBetween(asWritten(schema), before.schema).length === 0;
  return isRead
    ? `${line}, which readers of ${before.release} take as ${before.storedName}.`
    : `${line}, which readers of ${before.release} may not be able to read: they decide nothing on it until they are replaced.`;
};

const namesOf = (schemas: readonly StoredSchema[]): string => schemas.map(({ storedName }) => storedName).join(', ');

/** What they say about values counts; a description may change at any time. */
const newSince = (released: readonly ReleasedSchema[], today: readonly StoredSchema[]): readonly StoredSchema[] =>
  today.filter(({ topic, storedName, schema }) => {
    const last = released.findLast((one) => one.topic === topic && one.storedName === storedName);
    return !last || !isSame(assertionsOf(last.schema), assertionsOf(schema));
  });
