import { mayHaveRecorded, plain, type PlainAggregate, type PlainCommand } from '../aggregate/decider-of.js';
import { rehearsedContext } from '../aggregate/decision-contexts.js';
import type { Commit } from '../chain/chain.js';
import { rawEventOf } from '../chain/raw-event.js';
import type { DomainEvent } from '../aggregate/decision.js';
import type { EventCatalogue } from '../catalogue.js';
import { fingerprintOf } from '../fingerprint.js';
import type { Platform } from '../platform.js';
import { formatPosition } from '../position.js';
import { categoryOf } from '../stream-id.js';
import type { RawEvent } from '../stream-index/stream-index.port.js';
import { rejectionIn } from '../writer/verdict.js';
import { differenceOf, type Recording } from './decision-difference.js';
import type { AggregatesToRehearse } from './aggregates-to-rehearse.js';
import type { RehearsalFinding } from './rehearsal-finding.js';

interface Options extends AggregatesToRehearse {
  readonly platform: Platform;
  readonly place: { readonly topic: string; readonly partition: number };
}

type Problem = Pick<RehearsalFinding, 'problem' | 'detail'>;

/** A stream that holds what could not be taken: nothing can be said of what comes behind. */
const BROKEN = Symbol('broken');

/** Replays the commits of one partition, in order. */
export class PartitionRehearsal {
  readonly counts = { events: 0, skipped: 0, decisions: 0, undecided: 0 };
  readonly #states = new Map<string, unknown>();
  readonly #aggregates: ReadonlyMap<string, PlainAggregate>;

  constructor(private readonly options: Options) {
    this.#aggregates = new Map(options.aggregates.map((one) => [one.category, plain(one)]));
  }

  /** What is wrong with the commit, if anything is. */
  take(commit: Commit): readonly RehearsalFinding[] {
    const [first] = commit;
    if (first.kind === 'event') return this.#takeEvents(commit);
    if (first.kind !== 'verdict') return [];
    const aggregate = this.#aggregates.get(categoryOf(first.key));
    if (!aggregate || this.#states.get(first.key) === BROKEN) return [];
    // Commands without content can be told from their names.
    const difference = this.#decideAgain(aggregate, commit, [{ type: first.type }], {
      rejection: rejectionIn(first.value),
    });
    return difference === undefined ? [] : [this.#finding(rawEventOf(first), changed(difference))];
  }

  #takeEvents(commit: Commit): readonly RehearsalFinding[] {
    const events = commit.map(rawEventOf);
    const [{ key: stream }] = commit;
    this.counts.events += events.length;
    if (this.#states.get(stream) === BROKEN) {
      this.counts.skipped += events.length;
      return [];
    }
    const aggregate = this.#aggregates.get(categoryOf(stream));
    if (!aggregate) return this.#broken(stream, events, () => unknown('no stream of this kind is known'));
    const { today, problems } = readingOf(aggregate.catalogue, events);
    if (!today) return this.#broken(stream, events, (_raw, i) => problems[i]);
    const recording = { recorded: events, catalogue: aggregate.catalogue };
    const difference = this.#decideAgain(aggregate, commit, mayHaveRecorded(aggregate, stream, today), recording);
    const [raw] = events;
    const found = difference === undefined || !raw ? [] : [this.#finding(raw, changed(difference))];
    return [...found, ...this.#fold(aggregate, events, today)];
  }

  /** Findings of what cannot be taken; nothing more is said of the stream then. */
  #broken(
    stream: string,
    events: readonly RawEvent[],
    problemOf: (raw: RawEvent, i: number) => Problem | undefined,
  ): readonly RehearsalFinding[] {
    this.#states.set(stream, BROKEN);
    return events.flatMap((raw, i) => {
      const problem = problemOf(raw, i);
      return problem ? [this.#finding(raw, problem)] : [];
    });
  }

  #fold(
    aggregate: PlainAggregate,
    events: readonly RawEvent[],
    today: readonly DomainEvent[],
  ): readonly RehearsalFinding[] {
    const [raw] = events;
    if (!raw) return [];
    try {
      this.#states.set(
        raw.stream,
        today.reduce((state, event) => aggregate.evolve(state, event), this.#stateOf(aggregate, raw.stream)),
      );
      return [];
    } catch (error) {
      return this.#broken(raw.stream, [raw], () => ({ problem: 'fold-failed', detail: reasonIn(error) }));
    }
  }

  #stateOf({ initialState }: PlainAggregate, stream: string): unknown {
    return this.#states.has(stream) ? this.#states.get(stream) : initialState;
  }

  /** How the decision differs from what was recorded; undefined where it does not, or cannot be told. */
  #decideAgain(
    aggregate: PlainAggregate,
    [first]: Commit,
    candidates: readonly PlainCommand[],
    recording: Recording,
  ): string | undefined {
    const command = candidates.find((one) => fingerprintOf(this.options.platform, one) === first.fingerprint);
    if (!command) {
      this.counts.undecided += 1;
      return undefined;
    }
    this.counts.decisions += 1;
    try {
      const context = rehearsedContext(aggregate, this.options.settings);
      const state = this.#stateOf(aggregate, first.key);
      return differenceOf(recording, aggregate.decide(state, { ...command, at: first.time }, context));
    } catch (error) {
      return `it fails: ${reasonIn(error)}`;
    }
  }

  #finding({ stream, version, type, ordinal }: RawEvent, problem: Problem): RehearsalFinding {
    return { ...problem, stream, version, type, position: formatPosition({ ...this.options.place, ordinal }) };
  }
}

type Reading =
  | { readonly today: readonly DomainEvent[]; readonly problems?: undefined }
  | { readonly today?: undefined; readonly problems: readonly (Problem | undefined)[] };

const readingOf = (catalogue: EventCatalogue<DomainEvent>, events: readonly RawEvent[]): Reading => {
  try {
    const decoded = catalogue.decode(events);
    const problems = decoded.map((one) => (typeof one === 'string' ? unknown(one) : undefined));
    if (problems.some((one) => one !== undefined)) return { problems };
    return { today: decoded.flatMap((one) => (typeof one === 'string' ? [] : one)) };
  } catch (error) {
    const problems = events.map((raw) => unreadableAlone(catalogue, raw));
    const isTold = problems.some((one) => one !== undefined);
    return { problems: isTold ? problems : [unreadable(error)] };
  }
};

const unreadableAlone = (catalogue: EventCatalogue<DomainEvent>, raw: RawEvent): Problem | undefined => {
  try {
    catalogue.decode([raw]);
    return undefined;
  } catch (error) {
    return unreadable(error);
  }
};

const unreadable = (error: unknown): Problem => ({ problem: 'unreadable', detail: reasonIn(error) });
const unknown = (detail: string): Problem => ({ problem: 'unknown', detail });
const changed = (detail: string): Problem => ({ problem: 'decision-changed', detail });

const reasonIn = (error: unknown): string => (error instanceof Error ? error.message : String(error));
