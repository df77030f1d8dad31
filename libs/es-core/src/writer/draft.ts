import { type Counted, type Commit } from '../chain/chain.js';
import { type Envelope, hashOf, recordBytes, toRecord } from '../chain/envelope.js';
import type { ReaderState } from '../chain/reader-state.js';
import { AppendRefused, type EsError, EventTooLarge, IdempotencyKeyReused, WrongExpectedVersion } from '../errors.js';
import type { CommandResult, RawEvent } from '../index/stream-index.port.js';
import type { LogRecord } from '../log/partitioned-log.port.js';
import type { Platform } from '../platform.js';
import { foldFrom, type PartitionFold } from './partition-fold.js';
import type { Outcome, StreamFold, Submission, Verdict } from './submission.js';
import { verdictValue } from './verdict.js';

/** A command's records, made but not yet settled. */
export interface DraftCommit {
  readonly prev: string;
  readonly hash: string;
  readonly records: readonly LogRecord[];
  /** As they will count, if they do; the offset is not known yet. */
  readonly counted: readonly Omit<Counted, 'offset'>[];
}

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
  #head: string;
  #ordinal: number;
  #bytes = 0;
  #records = 0;

  constructor(
    private readonly fold: PartitionFold,
    private readonly from: ReaderState,
    private readonly options: DraftOptions,
  ) {
    this.#head = from.head;
    this.#ordinal = from.ordinal;
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
    return this.commits.map(({ counted }) => counted.map((c) => ({ ...c, offset: offset++ })) as unknown as Commit);
  }

  /** Hands the folded states over, all commits having counted. */
  keepStates(): void {
    for (const [stream, { version, folded, events }] of this.#streams)
      if (folded && events.length > 0) {
        const state = foldFrom(folded.state, events.slice(events.length - (version - folded.version)), folded.fold);
        this.fold.keep(stream, version, state, folded.fold);
      }
  }

  #lookUp({ stream, commandId, fingerprint }: Submission): Omit<DraftAnswer<T>, 'pending'> | undefined {
    const drafted = this.#results.get(`${stream}\n${commandId}`);
    if (drafted) {
      const same = drafted.fingerprint === fingerprint;
      const answer = same ? { ...drafted.outcome, repeated: true } : new IdempotencyKeyReused(stream, commandId);
      return { answer, after: drafted.after, settled: false };
    }
    const result = this.fold.tail.result(stream, commandId);
    if (!result) return undefined;
    const same = result.fingerprint === fingerprint;
    return {
      answer: same ? this.#repeat(result) : new IdempotencyKeyReused(stream, commandId),
      after: 0,
      settled: true,
    };
  }

  #repeat({ stream, version, events, ordinal, rejection }: CommandResult): Outcome {
    if (rejection !== undefined)
      return { status: 'rejected', repeated: true, version, ordinal, rejection: { code: rejection } };
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
    drafted.folded ??= { fold, version: settled, state: this.fold.stateOf(stream, fold) };
    const { folded } = drafted;
    folded.state = foldFrom(folded.state, drafted.events.slice(folded.version - settled), fold);
    folded.version = drafted.version;
    return folded.state;
  }

  #record(pending: T, drafted: Drafted, verdict: Verdict): boolean {
    const { submission } = pending;
    const made = verdict.events?.length
      ? this.#events(submission, drafted, verdict)
      : this.#verdict(submission, drafted, verdict);
    const tooLarge = made.counted.find((c) => this.options.platform.byteLength(c.value) > this.options.maxEventBytes);
    if (tooLarge) {
      const bytes = this.options.platform.byteLength(tooLarge.value);
      return this.#answer(
        pending,
        new EventTooLarge(submission.stream, tooLarge.type, bytes, this.options.maxEventBytes),
      );
    }
    const { platform, maxBatchBytes, maxBatchRecords } = this.options;
    const bytes = made.records.reduce((sum, record) => sum + recordBytes(platform, record), 0);
    if (bytes > maxBatchBytes)
      return this.#answer(
        pending,
        new AppendRefused(
          `a command's events have ${bytes} bytes together; at most ${maxBatchBytes} fit into one batch`,
        ),
      );
    if (
      this.#bytes + bytes > maxBatchBytes ||
      this.#records + made.records.length > Math.max(maxBatchRecords, made.records.length)
    )
      return false;
    this.#bytes += bytes;
    this.#records += made.records.length;
    this.#push(made, drafted);
    return this.#answer(pending, this.#outcome(verdict, drafted.version, made));
  }

  #outcome({ rejection }: Verdict, version: number, made: { readonly raw: readonly RawEvent[] }): Outcome {
    return rejection
      ? { status: 'rejected', repeated: false, version, ordinal: this.#ordinal, rejection }
      : { status: 'accepted', repeated: false, version, ordinal: this.#ordinal, events: made.raw };
  }

  #answer(pending: T, answer: Outcome | EsError): true {
    const { submission } = pending;
    const after = this.commits.length;
    this.answers.push({ pending, answer, after, settled: false });
    const remembered =
      'status' in answer &&
      (submission.metadata.remember || (answer.status === 'accepted' && answer.events.length > 0));
    if (remembered)
      this.#results.set(`${submission.stream}\n${submission.commandId}`, {
        fingerprint: submission.fingerprint,
        outcome: answer,
        after,
      });
    return true;
  }

  #events(submission: Submission, drafted: Drafted, { events = [] }: Verdict): Made {
    return this.#make(
      events.map(({ type, data }, i) => {
        const version = drafted.version + i + 1;
        const id = `${submission.stream}@${version}`;
        return {
          ...this.#shared(submission),
          kind: 'event',
          id,
          type,
          value: data,
          version,
          index: i + 1,
          count: events.length,
        };
      }),
    );
  }

  #verdict(submission: Submission, drafted: Drafted, { rejection }: Verdict): Made {
    if (!submission.metadata.remember)
      return { counted: [], records: [], raw: [], head: this.#head, ordinal: this.#ordinal };
    const { version } = drafted;
    const id = `${submission.stream}@${version}/${submission.commandId}`;
    const value = verdictValue(rejection);
    return this.#make([
      {
        ...this.#shared(submission),
        kind: 'verdict',
        id,
        type: submission.commandType,
        value,
        version,
        index: 1,
        count: 1,
      },
    ]);
  }

  #shared({ stream, commandId, fingerprint, metadata }: Submission): SharedFields {
    const { actor = 'anonymous', correlationId = commandId, causationId = commandId, traceparent } = metadata;
    const { source, owner } = this.options;
    const fields = { key: stream, source, time: this.#at, commandId, fingerprint, correlationId, causationId, actor };
    return { ...fields, ...(owner && { owner }), ...(traceparent && { traceparent }) };
  }

  #make(unchained: readonly Omit<Envelope, 'prev'>[]): Made {
    let head = this.#head;
    let ordinal = this.#ordinal;
    const counted: Omit<Counted, 'offset'>[] = [];
    for (const fields of unchained) {
      const envelope = { ...fields, prev: head };
      head = hashOf(this.options.platform, envelope);
      ordinal += 1;
      counted.push({ ...envelope, hash: head, ordinal });
    }
    const raw = counted.filter((c) => c.kind === 'event').map(toRawEvent);
    return { counted, records: counted.map(toRecord), raw, head, ordinal };
  }

  #push({ counted, records, raw, head, ordinal }: Made, drafted: Drafted): void {
    if (records.length === 0) return;
    this.commits.push({ prev: this.#head, hash: head, records, counted });
    this.#head = head;
    this.#ordinal = ordinal;
    drafted.events.push(...raw);
    drafted.version += raw.length;
  }
}

interface Made {
  readonly counted: readonly Omit<Counted, 'offset'>[];
  readonly records: readonly LogRecord[];
  readonly raw: readonly RawEvent[];
  readonly head: string;
  readonly ordinal: number;
}

type SharedFields = Omit<Envelope, 'kind' | 'id' | 'type' | 'value' | 'version' | 'index' | 'count' | 'prev'>;

const toRawEvent = ({ key: stream, value: data, ...e }: Omit<Counted, 'offset'>): RawEvent => {
  const { version, type, id, time, ordinal, commandId, correlationId, causationId, actor } = e;
  return { stream, version, type, data, id, time, ordinal, commandId, correlationId, causationId, actor };
};
