import { withStorage } from '../logs/shop-logs.js';
import { requireKnownTopics } from '../logs/unknown-topics.js';
import {
  type ReadModelRehearsal,
  type RehearsalFinding,
  serviceRehearsals,
  type TopicRehearsal,
} from '../rehearse/service-rehearsals.js';
import type { Result } from '../terminal/print.js';
import { table } from '../terminal/table.js';

const EXAMPLES = 10;
const rehearseEverything: typeof serviceRehearsals = async (onService) => {
  await withStorage(requireKnownTopics);
  return await serviceRehearsals(onService);
};

const REACTIONS = ['reacted again', 'not reacted'];

/** `es rehearse`: what this release would not take, decide, send or fold as it was, if it were deployed on this log. Nothing is written. */
export const rehearseVerb = async (rehearsals = rehearseEverything): Promise<Result> => {
  const { topics, readModels } = await rehearsals((name) => void process.stderr.write(`rehearsing ${name}\n`));
  const changes = [...topics.flatMap(findingsOf), ...readModels.flatMap(changesOf)];
  const ok = changes.length === 0;
  return { ok, json: { ok, topics, readModels }, text: textOf(topics, readModels, changes) };
};

const findingsOf = ({ topic, findings, findingsCount }: TopicRehearsal): string[] => {
  const some = findings.slice(0, EXAMPLES).map(sentenceOf);
  return findingsCount > some.length ? [...some, `${topic}: and ${findingsCount - some.length} more`] : some;
};

const sentenceOf = ({ problem, stream, version, type, position, detail }: RehearsalFinding): string =>
  `${problem}: ${type} at ${position} (${stream}, version ${version}): ${detail}`;

const changesOf = ({ name, changed, changedCount, failure }: ReadModelRehearsal): string[] => {
  if (failure !== undefined) return [`${name}: ${failure}`];
  const some = changed
    .slice(0, EXAMPLES)
    .map(({ id, problem, fields }) => `${name}: ${id} would be ${problem}${fields ? ` (${fields.join(', ')})` : ''}`);
  return changedCount > some.length ? [...some, `${name}: and ${changedCount - some.length} more documents`] : some;
};

const textOf = (
  topics: readonly TopicRehearsal[],
  readModels: readonly ReadModelRehearsal[],
  changes: readonly string[],
): string => {
  const logs = topics.map(
    ({ topic, events, skipped, decisions, undecided, reactions, notRehearsed, findingsCount }) => [
      ...[topic, events, skipped, decisions, undecided, reactions, notRehearsed, findingsCount],
    ],
  );
  const models = readModels.map(({ name, revision, liveRevision, checked, changedCount }) => [
    ...[name, revision, liveRevision ?? 'none', checked, changedCount],
  ]);
  return [
    table([...['topic', 'events', 'skipped', 'decided again', 'not decided'], ...REACTIONS, 'changed'], logs),
    table(['read model', 'revision', 'live', 'documents', 'changed'], models),
    changes.length === 0 ? 'Nothing would change.' : changes.join('\n'),
  ].join('\n\n');
};
