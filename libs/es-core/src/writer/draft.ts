import type { Commit } from '../chain/chain.js';
import type { ReaderState } from '../chain/reader-state.js';
import { reject, type Rejection } from '../decider.js';
import { AppendRefused, type EsError, EventTooLarge, IdempotencyKeyReused, WrongExpectedVersion } from '../errors.js';
import { isSameFingerprint } from '../fingerprint.js';
import type { CommandResult, RawEvent } from '../stream-index/stream-index.port.js';
import type { LogRecord } from '../log/partitioned-log.port.js';
import type { Platform } from '../platform.js';
import { foldFrom, type PartitionFold } from './partition-fold.js';
import type { Outcome, StreamFold, Submission, Verdict } from './submission.js';
import { isRemembered, recordsOf } from './decided-records.js';
import { type DraftCommit, RecordChain, type Unchained } from './record-chain.js';

/** The answer to one command, valid once the commits that it was decided on count. */
export interface DraftAnswer<T> {
  readonly pending: T;
  readonly answer: Outcome | EsError;
  /** How many commits of the draft the answer rests on, its own included. */
  readonly after: number;
  /** True when the answer was read from what is settled, and holds whatever becomes of the draft. */
  readonly settled: boolean;
}

export interface DraftOptions {
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
export class Draft<T extends { readonly submission: Submission }> {
  readonly commits: DraftCommit[] = [];
  readonly answers: DraftAnswer<T>[] = [];
  readonly #streams = new Map<string, Drafted>();
  readonly #results = new Map<
    string,
    { readonly fingerprint: string; readonly outcome: Outcome; readonly after: number }
  >();
  readonly #at: string;
  readonly #chain: RecordChain;
  #bytes = 0;
  #records = 0;

  constructor(
    private readonly fold: PartitionFold,
    private readonly from: ReaderState,
    private readonly options: DraftOptions,
  ) {
    this.#chain = new RecordChain(options.platform, from);
    const now = new Date(options.platform.now()).toISOString();
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
    const expected = submission.metadata.expectedVersion;
    if (expected !== undefined && expected !== drafted.version)
      return this.#answer(pending, new WrongExpectedVersion(submission.stream, expected, drafted.version));
    return this.#record(
      pending,
      drafted,
      submission.decide(this.#state(submission, drafted), drafted.version, this.#at),
    );
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

  #lookUp(submission: Submission): Omit<DraftAnswer<T>, 'pending'> | undefined {
    const { stream, commandId } = submission;
    const drafted = this.#results.get(`${stream}\n${commandId}`);
    if (drafted)
      return { answer: repeatOf(submission, drafted, () => drafted.outcome), after: drafted.after, settled: false };
    const result = this.fold.tail.result(stream, commandId);
    return result && { answer: repeatOf(submission, result, () => this.#repeat(result)), after: 0, settled: true };
  }

  #repeat({ stream, version, events, ordinal, rejection: code, reason }: CommandResult): Outcome {
    if (code !== undefined)
      return { status: 'rejected', repeated: true, version, ordinal, rejection: reject(code, reason).rejection };
    const recorded = events === 0 ? [] : [...this.fold.tail.events(stream, version - events + 1, version)];
    return { status: 'accepted', repeated: true, version, ordinal, events: recorded };
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

  #record(pending: T, drafted: Drafted, verdict: Verdict): boolean {
    const { submission } = pending;
    const unchained = recordsOf(submission, verdict, { version: drafted.version, at: this.#at, ...this.options });
    if (unchained.length === 0) return this.#answer(pending, this.#outcome(verdict, drafted.version));
    const refusal = this.#tooLarge(submission, unchained);
    if (refusal) return this.#answer(pending, refusal);
    const commit = this.#chain.make(unchained);
    if (commit.bytes > this.options.maxBatchBytes) return this.#answer(pending, doesNotFit(commit.bytes, this.options));
    if (this.#isFull(commit)) return false;
    this.#push(commit, drafted);
    return this.#answer(pending, this.#outcome(verdict, drafted.version, commit.events));
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

  #outcome({ rejection }: Verdict, version: number, events: readonly RawEvent[] = []): Outcome {
    const { ordinal } = this.#chain;
    return rejection
      ? { status: 'rejected', repeated: false, version, ordinal, rejection }
      : { status: 'accepted', repeated: false, version, ordinal, events };
  }

  #answer(pending: T, answer: Outcome | EsError): true {
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
  answer: () => Outcome,
): Outcome | IdempotencyKeyReused => {
  const same = isSameFingerprint(first.fingerprint, fingerprint);
  if (!same && !metadata.reaction) return new IdempotencyKeyReused(stream, commandId);
  return { ...answer(), repeated: true, ...(!same && { differs: true }) };
};

const hasEvents = (outcome: Outcome): boolean => outcome.status === 'accepted' && outcome.events.length > 0;

const rejectionOf = (outcome: Outcome): Rejection | undefined =>
  outcome.status === 'rejected' ? outcome.rejection : undefined;

const doesNotFit = (bytes: number, { maxBatchBytes }: DraftOptions): AppendRefused =>
  new AppendRefused(`a command's events have ${bytes} bytes together; at most ${maxBatchBytes} fit into one batch`);
