import { WrongExpectedVersion } from '@ledgerline/es-core';
import { AppendRefused } from '@ledgerline/es-core/adapter';
import { beforeGenesis, Chain, type Counted } from '@ledgerline/es-core/runtime';
import type { Attempt, History } from './history.js';
import { testPlatform } from '../platform/test-platform.js';
import type { Reading } from './reading.js';
import { decideInput, markOf, type Tally, tallyOf } from './command-input.js';

/** What the log says, read by the chain rule alone. */
interface Truth {
  readonly counted: readonly Counted[];
  readonly byCommand: ReadonlyMap<string, readonly Counted[]>;
  readonly lostCommands: ReadonlySet<string>;
}

/** The one violation that says nothing about what the log holds. */
export const NEVER_ANSWERED = 'a wish was never answered';

/** Every way in which the history broke a promise, one sentence each. */
export const violationsOf = (history: History): readonly string[] => {
  const truth = truthOf(history);
  return [
    ...(history.ended ? [] : [NEVER_ANSWERED]),
    ...streamViolations(truth),
    ...history.attempts.flatMap((attempt) => attemptViolations(attempt, history, truth)),
    ...history.readings.flatMap((reading) => readingViolations(reading, history)),
    ...history.machines.flatMap(({ state, alive, stopped, options: { name } }) => {
      const behind = truth.counted[state.ordinal - 1]?.hash === state.head;
      return !alive || stopped || state.ordinal === 0 || behind || history.lost.length > 0
        ? []
        : [`${name} counts what the chain does not`];
    }),
  ];
};

const truthOf = ({ records, lost, logId }: History): Truth => {
  const chain = new Chain(testPlatform({ seed: 0 }), beforeGenesis(logId));
  const counted = records.flatMap((record, offset) => chain.take({ ...record, offset }) ?? []);
  const byCommand = new Map<string, Counted[]>();
  for (const record of counted) byCommand.set(record.commandId, [...(byCommand.get(record.commandId) ?? []), record]);
  // A withdrawal names the command that it is about as its cause, and so does the command itself in this model.
  return { counted, byCommand, lostCommands: new Set(lost.map(({ headers }) => headers['causationid'] ?? '')) };
};

/** Versions are dense, recorded time does not go back, commits are whole, no command counts twice, each was decided on its prefix. */
const streamViolations = ({ counted, byCommand }: Truth): string[] => {
  const violations: string[] = [];
  const versions = new Map<string, number>();
  let time = '';
  for (const { key, kind, version, value, commandId, ordinal, time: at } of counted) {
    if (at < time) violations.push(`recorded time goes back at @${ordinal}`);
    time = at;
    if (kind !== 'event') continue;
    const before = versions.get(key) ?? 0;
    if (version !== before + 1) violations.push(`${key} goes from version ${before} to ${version}`);
    versions.set(key, version);
    const first = byCommand.get(commandId)?.[0];
    if (first && markOf(value).decidedOn !== first.version - 1)
      violations.push(`${commandId} was not decided on its prefix`);
  }
  for (const [commandId, records] of byCommand) {
    const [first] = records;
    if (first && records.length !== first.count)
      violations.push(`${commandId} counts ${records.length} of ${first.count} records`);
  }
  return violations;
};

const attemptViolations = (attempt: Attempt, history: History, truth: Truth): string[] => {
  const { wish, outcome, error } = attempt;
  const recorded = truth.byCommand.get(wish.id)?.filter(({ kind }) => kind === 'event') ?? [];
  // What a broken disk took away was true when it was answered.
  if (truth.lostCommands.has(wish.id)) return [];
  const isRefused = error instanceof AppendRefused || error instanceof WrongExpectedVersion;
  if (outcome?.status === 'accepted') return acceptedViolations(attempt, recorded);
  if (!outcome && !isRefused) return [];
  // Another try of the same wish may have recorded it; one that only found it recorded, where it was asked, has not.
  const tries = history.attempts.filter((other) => other.wish === wish && other !== attempt);
  const alone = tries.every((other) => other.outcome?.repeated === true && !other.isHandedOver);
  return [
    ...(alone && recorded.length > 0 ? [`${wish.id} was refused and counts`] : []),
    ...rejectedViolations(attempt, history, truth),
  ];
};

const acceptedViolations = ({ wish, outcome }: Attempt, recorded: readonly Counted[]): string[] => {
  const last = recorded.at(-1);
  if (!outcome || !last) return [`${wish.id} was acknowledged and does not count`];
  return [
    ...(last.ordinal === outcome.ordinal ? [] : [`${wish.id} was said to be @${outcome.ordinal}, is @${last.ordinal}`]),
    ...(last.version === outcome.version
      ? []
      : [`${wish.id} was said to lead to ${outcome.version}, leads to ${last.version}`]),
  ];
};

/** What was read is no older than what it follows from. */
const readingViolations = ({ machine, seen, folded }: Reading, { lost }: History): string[] =>
  lost.length > 0 ||
  (folded.ordinal >= seen.ordinal && folded.version >= seen.version && folded.wasClaimed >= seen.wasClaimed)
    ? []
    : [`${machine} acted on @${seen.ordinal} of ${seen.stream} with a fold of @${folded.ordinal}`];

/** A rejection has to be right on a prefix that is no older than what somebody had been answered when it was asked for. */
const rejectedViolations = (
  { wish, outcome, knownOrdinal }: Attempt,
  { lost }: History,
  { counted }: Truth,
): string[] => {
  if (!outcome || lost.length > 0) return [];
  const tally = tallyAt(counted, wish.stream, outcome.ordinal);
  return [
    ...(decideInput(wish, tally).rejection ? [] : [`${wish.id} was rejected without reason`]),
    ...(outcome.repeated || outcome.ordinal >= knownOrdinal ? [] : [`${wish.id} was rejected on an old state`]),
  ];
};

const tallyAt = (counted: readonly Counted[], stream: string, ordinal: number): Tally => {
  const events = counted.filter((c) => c.kind === 'event' && c.key === stream && c.ordinal <= ordinal);
  return tallyOf(events.map(({ value }) => value));
};
