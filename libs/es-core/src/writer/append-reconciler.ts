import { Chain } from '../chain/chain.js';
import { ChainReader } from '../chain/chain-reader.js';
import { toRecord, type Envelope } from '../chain/envelope.js';
import type { ReaderState } from '../chain/reader-state.js';
import { AppendRefused, EsError, OutcomeUnknown } from '../errors.js';
import type { LogRecord, PartitionedLog } from '../log/partitioned-log.port.js';
import { pause, type Platform } from '../platform.js';
import type { CheckedClock } from './checked-clock.js';
import type { Commit } from '../chain/chain.js';

/** The part of a draft that settling needs: what it appends, and how it recognises it. */
export interface Batch {
  readonly commits: readonly { readonly prev: string; readonly hash: string }[];
  records(from: number): readonly LogRecord[];
  counted(firstOffset: number): readonly Commit[];
}

export interface Settled {
  /** How many commits of the batch count, from its first one on. The others are dead for ever. */
  readonly counted: number;
  /** Why the log took none of the rest, where it was the log that refused and not another writer that won. */
  readonly refusal?: AppendRefused;
}

export interface AppendReconcilerOptions {
  readonly log: PartitionedLog;
  readonly partition: number;
  readonly platform: Platform;
  /** Told of every append. */
  readonly clock: CheckedClock;
  readonly source: string;
  readonly retryAfterMs: number;
  readonly maxRetryAfterMs: number;
  /** Told of every commit that counts, ours and others', in order. */
  readonly onCommit: (commit: Commit, state: ReaderState) => void;
  /** Waited for between two chunks that are read, so that whoever is told of commits keeps up with a long log. */
  readonly onChunk: () => Promise<void>;
  /** Told when the log failed and the writer goes on trying. */
  readonly onTrouble: (error: unknown) => void;
  readonly isClosed: () => boolean;
}

/**
 * The place where the writer stands in its partition, and the only place that decides what became of a batch. An answer
 * of the log is believed only if it names the very offset that was confirmed to come next; after anything else the log is
 * read on to its end, and what is found there is what happened.
 */
export class AppendReconciler {
  #state: ReaderState;
  #refused = 0;
  #noiseTo = 0;
  #resyncs = 0;
  /** The offset that comes next for certain; undefined while it is not known. */
  protected nextOffset: number | undefined;

  constructor(
    state: ReaderState,
    protected readonly options: AppendReconcilerOptions,
  ) {
    this.#state = state;
  }

  get state(): ReaderState {
    return this.#state;
  }

  get statistics(): { readonly refused: number; readonly resyncs: number } {
    return { refused: this.#refused, resyncs: this.#resyncs };
  }

  /**
   * Appends the batch and resolves when it is certain what became of it, however long that takes.
   * @throws LogDiverged when the log lost what counted. @throws OutcomeUnknown when the writer was closed meanwhile.
   */
  async settle(batch: Batch): Promise<Settled> {
    let counted = 0;
    let refusal: AppendRefused | undefined;
    for (let attempt = 0; ; attempt += 1) {
      if (attempt > 0) await this.backOff(attempt);
      // A batch that was refused for good may still lie in the log from an earlier try: a barrier in its place ends that.
      const answer = refusal ? await this.#send([this.#barrier()]) : await this.append(batch, counted);
      if (answer === 'all') return { counted: batch.commits.length };
      if (answer instanceof AppendRefused) refusal ??= answer;
      const found = await this.resync(new Set(batch.commits.map(({ hash }) => hash)));
      counted += batch.commits.slice(counted).filter(({ hash }) => found.has(hash)).length;
      if (counted === batch.commits.length) return { counted };
      if (batch.commits[counted]?.prev !== this.#state.head) return refusal ? { counted, refusal } : { counted };
    }
  }

  /** Appends a barrier; true when it counts, false when another record came in between. */
  async confirmHead(): Promise<boolean> {
    const record = this.#barrier();
    const asCounted = (offset: number): readonly Commit[] => {
      const commit = new Chain(this.options.platform, this.#state).take({ ...record, offset });
      return commit ? [commit] : [];
    };
    const commits = asCounted(0).map(([{ prev, hash }]) => ({ prev, hash }));
    return (await this.settle({ commits, records: () => [record], counted: asCounted })).counted === 1;
  }

  /**
   * Reads to the log's end, beginning with the continuity check, and answers which of the hashes are those of commits that were found there.
   * Tries again for as long as the log cannot be read.
   */
  async resync(hashes: ReadonlySet<string> = new Set()): Promise<ReadonlySet<string>> {
    const found = new Set<string>();
    const onHead = (head: string): void => {
      if (hashes.has(head)) found.add(head);
    };
    this.nextOffset = undefined;
    this.#resyncs += 1;
    for (let attempt = 0; ; attempt += 1) {
      if (attempt > 0) await this.backOff(attempt);
      try {
        await this.readToEnd(onHead);
        return found;
      } catch (error) {
        if (!(error instanceof EsError) || !error.retriable) throw error;
        this.options.onTrouble(error);
      }
    }
  }

  protected async append(batch: Batch, from: number): Promise<'all' | AppendRefused | 'unknown'> {
    const answer = await this.#send(batch.records(from));
    if (answer instanceof AppendRefused) return answer;
    if (answer === undefined || answer !== this.nextOffset || from > 0) return 'unknown';
    this.nextOffset += batch.records(0).length;
    for (const commit of batch.counted(answer)) this.take(commit);
    return 'all';
  }

  /** The first offset that the log answered, its refusal for good, or undefined when the outcome is unknown. */
  async #send(records: readonly LogRecord[]): Promise<number | AppendRefused | undefined> {
    const { log, partition, clock, platform } = this.options;
    const sentAt = platform.uptime();
    try {
      const { firstOffset, appendedAt } = await log.append(partition, records);
      clock.appended(sentAt, appendedAt);
      return firstOffset;
    } catch (error) {
      this.options.onTrouble(error);
      return error instanceof AppendRefused ? error : undefined;
    }
  }

  /** It says nothing, at the time of the record before it: the clock may be the very thing that it is to find out about. */
  #barrier(): LogRecord {
    const { platform, source } = this.options;
    const commandId = platform.randomId();
    const envelope: Envelope = {
      ...{
        kind: 'barrier',
        key: '',
        value: '',
        id: commandId,
        type: 'Barrier',
        source,
        version: 0,
        index: 1,
        count: 1,
      },
      ...{ time: this.#state.time, prev: this.#state.head, commandId, fingerprint: '' },
      ...{ correlationId: '', causationId: '', actor: '' },
    };
    return toRecord(envelope);
  }

  protected async readToEnd(onHead: (head: string) => void): Promise<void> {
    const { log, partition, platform } = this.options;
    const place = { log, partition, platform, state: this.#state };
    const reader = new ChainReader({ ...place, follow: false, noiseTo: this.#noiseTo });
    let nextOffset = this.#state.headOffset + 1;
    try {
      for (let progress = await reader.next(); progress; progress = await reader.next()) {
        for (const commit of progress.commits) {
          this.take(commit);
          onHead(this.#state.head);
        }
        nextOffset = progress.nextOffset;
        this.#noiseTo = Math.max(this.#noiseTo, nextOffset);
        await this.options.onChunk();
      }
    } finally {
      this.#refused += reader.refused;
      await reader.close();
    }
    this.nextOffset = nextOffset;
  }

  protected take(commit: Commit): void {
    const { hash: head, ordinal, offset: headOffset, time } = commit[commit.length - 1] ?? commit[0];
    this.#state = { logId: this.#state.logId, ordinal, head, headOffset, time };
    this.options.onCommit(commit, this.#state);
  }

  protected async backOff(attempt: number): Promise<void> {
    const { platform, retryAfterMs, maxRetryAfterMs, isClosed } = this.options;
    if (isClosed()) throw new OutcomeUnknown('the batch under way');
    await pause(platform, (0.5 + platform.random()) * Math.min(maxRetryAfterMs, retryAfterMs * 2 ** (attempt - 1)));
    if (isClosed()) throw new OutcomeUnknown('the batch under way');
  }
}
