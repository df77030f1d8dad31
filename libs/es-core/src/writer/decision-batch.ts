import type { Commit } from '../chain/chain.js';
import type { ReaderState } from '../chain/reader-state.js';
import type { Rejection } from '../aggregate/decision.js';
import {
  AppendRefused,
  CommandWithdrawn,
  EventTooLarge,
  IdempotencyKeyReused,
  WrongExpectedVersion,
} from '../errors.js';
import { isSameFingerprint } from '../fingerprint.js';
import type { RawEvent } from '../stream-index/stream-index.port.js';
import type { LogRecord } from '../log/partitioned-log.port.js';
import type { Platform } from '../platform.js';
import { foldFrom, type PartitionFold } from './partition-fold.js';
import type { DecisionResult, StreamFold, Submission, EncodedDecision } from './submission.js';
import { type Decision, isRemembered, recordsOf, withdrawalOf } from './decided-records.js';
import { recordedOutcome } from './recorded-outcome.js';
import { type DraftCommit, RecordChain, type Unchained } from './record-chain.js';

/** A command that waits to be decided. */
export interface CommandInBatch {
  readonly submission: Submission;
  /** Why the log took none of its records, where it was decided before. */
  readonly refusal?: AppendRefused | undefined;
}

/** The answer to one command, valid once the commits that it was decided on count. */
export interface BatchAnswer<T> {
  readonly pending: T;
  readonly answer: DecisionResult | Error;
  /** How many commits of the draft the answer rests on, its own included. */
  readonly after: number;
  /** True when the answer was read from what is settled, and holds whatever becomes of the draft. */
  readonly settled: boolean;
}

export interface DecisionBatchOptions {
  readonly platform: Platform;
  readonly source: string;
  readonly owner: string | undefined;
  readonly maxEventBytes: number;
  readonly maxBatchBytes: number;
  readonly maxBatchRecords: number;
}

interface Drafted {
  version: number;
  readonly events: RawEvent[];
  folded?: { readonly fold: StreamFold<unknown>; version: number; state: unknown };
}

/**
 * One batch being decided: each command on the state that the ones before it left, every record naming the one before it.
 * Touches nothing outside itself, so a batch that lost its race is simply thrown away and decided again.
 */
export class DecisionBatch<T extends CommandInBatch> {
  readonly commits: DraftCommit[] = [];
  readonly answers: BatchAnswer<T>[] = [];
  readonly #streams = new Map<string, Drafted>();
  readonly #results = new Map<
    string,
    { readonly fingerprint: string; readonly outcome: DecisionResult; readonly after: number }
  >();
  readonly #at: string;
  readonly #chain: RecordChain;
  #bytes = 0;
  #records = 0;

  constructor(
    private readonly fold: PartitionFold,
    from: ReaderState,
    private readonly options: DecisionBatchOptions & { readonly now: number },
  ) {
    this.#chain = new RecordChain(options.platform, from);
    const now = new Date(options.now).toISOString();
    this.#at = now > from.time ? now : from.time;
  }

  /** Decides the command and adds its records; false when they do not fit into this batch any more. */
  add(pending: T): boolean {
    const { submission } = pending;
    const known = this.#lookUp(submission);
    if (known) {
      this.answers.push({ pending, ...known });
      return true;
    }
    const drafted = this.#stream(submission.stream);
    const refusal = pending.refusal ?? wrongVersion(submission, drafted.version);
    return refusal ? this.#withoutRecords(pending, drafted, refusal) : this.#decide(pending, drafted);
  }

  /** The batch's records from commit `from` on. */
  records(from: number): readonly LogRecord[] {
    return this.commits.slice(from).flatMap((commit) => commit.records);
  }

  /** The commits as they count, given the offset of the first record. */
  counted(firstOffset: number): Commit[] {
    let offset = firstOffset;
    return this.commits.map(({ counted, records }) => {
      offset += records.length;
      return counted(offset - records.length);
    });
  }

  /** Hands the folded states over, all commits having counted. */
  keepStates(): void {
    for (const [stream, drafted] of this.#streams)
      try {
        this.#keepState(stream, drafted);
      } catch {
        // What was recorded is recorded, so nobody is told now: the stream's next command folds it again and fails with this.
      }
  }

  #keepState(stream: string, { version, folded, events }: Drafted): void {
    if (!folded || events.length === 0) return;
    const state = foldFrom(folded.state, events.slice(events.length - (version - folded.version)), folded.fold);
    this.fold.keep(stream, version, state, folded.fold);
  }

  #decide(pending: T, drafted: Drafted): boolean {
    const { submission } = pending;
    let decided: EncodedDecision;
    try {
      decided = submission.decide(this.#state(submission, drafted), drafted.version, this.#at);
    } catch (error) {
      // Where no copy of the command is anywhere else, there is nothing to make certain of.
      if (submission.withdraws === undefined || !(error instanceof Error)) throw error;
      return this.#withoutRecords(pending, drafted, error);
    }
    return this.#record(pending, drafted, decided);
  }

  #lookUp(submission: Submission): Omit<BatchAnswer<T>, 'pending'> | undefined {
    const { stream, commandId, handover } = submission;
    const drafted = this.#results.get(`${stream}\n${commandId}`);
    if (drafted)
      return { answer: repeatOf(submission, drafted, () => drafted.outcome), after: drafted.after, settled: false };
    const result = this.fold.tail.result(stream, commandId);
    if (result)
      return {
        answer: repeatOf(submission, result, () => recordedOutcome(this.fold.tail, result)),
        ...{ after: 0, settled: true },
      };
    return handover !== undefined && this.fold.tail.result(stream, handover)
      ? { answer: new CommandWithdrawn(stream, commandId), after: 0, settled: true }
      : undefined;
  }

  #stream(stream: string): Drafted {
    let drafted = this.#streams.get(stream);
    if (!drafted) this.#streams.set(stream, (drafted = { version: this.fold.version(stream), events: [] }));
    return drafted;
  }

  #state({ stream, fold }: Submission, drafted: Drafted): unknown {
    const settled = drafted.version - drafted.events.length;
    if (drafted.folded?.fold.revision !== fold.revision)
      drafted.folded = { fold, version: settled, state: this.fold.stateOf(stream, fold) };
    const { folded } = drafted;
    folded.state = foldFrom(folded.state, drafted.events.slice(folded.version - settled), fold);
    folded.version = drafted.version;
    return folded.state;
  }

  #record(pending: T, drafted: Drafted, verdict: EncodedDecision): boolean {
    const { submission } = pending;
    const unchained = recordsOf(submission, verdict, this.#decision(drafted));
    if (unchained.length === 0) return this.#withoutRecords(pending, drafted, this.#outcome(verdict, drafted.version));
    const refusal = this.#tooLarge(submission, unchained);
    if (refusal) return this.#withoutRecords(pending, drafted, refusal);
    const commit = this.#chain.make(unchained);
    if (commit.bytes > this.options.maxBatchBytes)
      return this.#withoutRecords(pending, drafted, doesNotFit(commit.bytes, this.options));
    if (this.#isFull(commit)) return false;
    this.#push(commit, drafted);
    return this.#answer(pending, this.#outcome(verdict, drafted.version, commit.events));
  }

  /** The command itself leaves no record: a copy of it that was handed over is withdrawn before it is answered. */
  #withoutRecords(pending: T, drafted: Drafted, answer: DecisionResult | Error): boolean {
    const { submission } = pending;
    if (submission.withdraws === undefined) return this.#answer(pending, answer);
    const commit = this.#chain.make([withdrawalOf(submission, submission.withdraws, this.#decision(drafted))]);
    if (this.#isFull(commit)) return false;
    this.#push(commit, drafted);
    return this.#answer(pending, answer);
  }

  #decision({ version }: Drafted): Decision {
    const { source, owner } = this.options;
    return { version, at: this.#at, source, owner };
  }

  #tooLarge({ stream }: Submission, unchained: readonly Unchained[]): EventTooLarge | undefined {
    const { platform, maxEventBytes } = this.options;
    for (const { type, value } of unchained) {
      const bytes = platform.byteLength(value);
      if (bytes > maxEventBytes) return new EventTooLarge(stream, type, bytes, maxEventBytes);
    }
    return undefined;
  }

  #isFull({ bytes, records }: DraftCommit): boolean {
    const { maxBatchBytes, maxBatchRecords } = this.options;
    if (this.#records === 0) return false;
    return this.#bytes + bytes > maxBatchBytes || this.#records + records.length > maxBatchRecords;
  }

  #push(commit: DraftCommit, drafted: Drafted): void {
    this.#bytes += commit.bytes;
    this.#records += commit.records.length;
    this.#chain.push(commit);
    this.commits.push(commit);
    drafted.events.push(...commit.events);
    drafted.version += commit.events.length;
  }

  #outcome({ rejection }: EncodedDecision, version: number, events: readonly RawEvent[] = []): DecisionResult {
    const { ordinal } = this.#chain;
    return rejection
      ? { status: 'rejected', repeated: false, version, ordinal, rejection }
      : { status: 'accepted', repeated: false, version, ordinal, events };
  }

  #answer(pending: T, answer: DecisionResult | Error): true {
    const { submission } = pending;
    const after = this.commits.length;
    this.answers.push({ pending, answer, after, settled: false });
    if ('status' in answer && (hasEvents(answer) || isRemembered(submission.metadata, rejectionOf(answer))))
      this.#results.set(`${submission.stream}\n${submission.commandId}`, {
        fingerprint: submission.fingerprint,
        outcome: answer,
        after,
      });
    return true;
  }
}

/** The first answer again, where the command is the same: for a reaction its id says so, for any other its content. */
const repeatOf = (
  { stream, commandId, fingerprint, metadata }: Submission,
  first: { readonly fingerprint: string },
  answer: () => DecisionResult,
): DecisionResult | IdempotencyKeyReused => {
  const same = isSameFingerprint(first.fingerprint, fingerprint);
  if (!same && !metadata.reaction) return new IdempotencyKeyReused(stream, commandId);
  return { ...answer(), repeated: true, ...(!same && { differs: true }) };
};

const wrongVersion = ({ stream, metadata }: Submission, version: number): WrongExpectedVersion | undefined => {
  const { expectedVersion: expected } = metadata;
  return expected === undefined || expected === version
    ? undefined
    : new WrongExpectedVersion(stream, expected, version);
};

const hasEvents = (outcome: DecisionResult): boolean => outcome.status === 'accepted' && outcome.events.length > 0;

const rejectionOf = (outcome: DecisionResult): Rejection | undefined =>
  outcome.status === 'rejected' ? outcome.rejection : undefined;

const doesNotFit = (bytes: number, { maxBatchBytes }: DecisionBatchOptions): AppendRefused =>
  new AppendRefused(`a command's events have ${bytes} bytes together; at most ${maxBatchBytes} fit into one batch`);
