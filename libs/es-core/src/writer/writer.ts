import type { ReaderState } from '../chain/reader-state.js';
import { type AppendRefused, ClockSkewed, OutcomeUnknown, Overloaded } from '../errors.js';
import { pause } from '../platform.js';
import { type BatchAnswer, type CommandInBatch, DecisionBatch, type DecisionBatchOptions } from './decision-batch.js';
import type { PartitionFold } from './partition-fold.js';
import { AppendReconciler, type AppendReconcilerOptions } from './append-reconciler.js';
import type { DecisionResult, Submission } from './submission.js';

interface Waiting<T> {
  resolve(answer: T): void;
  reject(error: unknown): void;
}

interface Pending extends Waiting<DecisionResult>, CommandInBatch {}

interface Behind extends Waiting<void> {
  /** Enough is folded once this counts; infinite where all is wanted that the log holds. */
  readonly upTo: number;
}

export interface WriterOptions
  extends DecisionBatchOptions, Omit<AppendReconcilerOptions, 'onCommit' | 'onChunk' | 'isClosed'> {
  readonly fold: PartitionFold;
  readonly state: ReaderState;
  /** Commands that may wait; past it `submit` answers `Overloaded`. */
  readonly maxQueue: number;
  readonly maxBatchCommands: number;
  /**
   * True while nobody else is expected to write this partition. Where it is false, an answer that records nothing waits for
   * a barrier that counts, because the fold may be behind another writer.
   */
  readonly isPreferred: () => boolean;
  readonly onCommit: AppendReconcilerOptions['onCommit'];
}

export interface WriterStatistics {
  readonly ordinal: number;
  readonly queued: number;
  readonly batches: number;
  readonly lostBatches: number;
  readonly refused: number;
  readonly resyncs: number;
  /** Repeated reactions whose command had other content the first time. */
  readonly differing: number;
}

/**
 * Takes commands for one partition and records what they decide: one batch in flight, group commit, nothing decided on
 * anything unsettled. Any number of writers of the same partition is safe; the chain rule says which records count.
 */
export class Writer {
  #queue: Pending[] = [];
  #behind: Behind[] = [];
  #isAskedForClock = false;
  readonly #reconciler: AppendReconciler;
  #closed = false;
  #failure: unknown;
  #wake: (() => void) | undefined;
  #starting: Promise<void> | undefined;
  #running: Promise<void> | undefined;
  #batches = 0;
  #lost = 0;
  #lossesInARow = 0;
  #differing = 0;
  /** Commands at the front of the queue that have to go alone, because the log refused a batch they were in. */
  #alone = 0;

  private readonly options: WriterOptions;

  constructor(
    options: WriterOptions,
    settling: (state: ReaderState, options: AppendReconcilerOptions) => AppendReconciler = (...given) =>
      new AppendReconciler(...given),
  ) {
    const { fold, state, onCommit, platform, source } = options;
    // Two writers that decide the same command on the same head at the same time must not make equal bytes: each has to
    // know whether it was its own record that counted.
    this.options = { ...options, source: `${source}/${platform.randomId().slice(0, 8)}` };
    this.#reconciler = settling(state, {
      ...this.options,
      isClosed: () => this.#closed,
      onChunk: () => fold.tail.settle(),
      onCommit: (commit, reached) => {
        fold.apply(commit, reached);
        onCommit(commit, reached);
      },
    });
  }

  get state(): ReaderState {
    return this.#reconciler.state;
  }

  get statistics(): WriterStatistics {
    const { refused, resyncs } = this.#reconciler.statistics;
    const { ordinal } = this.state;
    const counts = { batches: this.#batches, lostBatches: this.#lost, differing: this.#differing };
    return { ordinal, queued: this.#queue.length, ...counts, refused, resyncs };
  }

  /** Why this writer stopped, once it has. */
  get failure(): unknown {
    return this.#failure;
  }

  /** Folds what the log holds behind the stored state, continuity first; then takes commands. @throws LogDiverged */
  start(): Promise<void> {
    this.#starting ??= this.#start();
    return this.#starting;
  }

  /**
   * Queues the command in the order of calls and resolves with its outcome once that is certain.
   * @throws Overloaded when too many wait; nothing was recorded.
   * @throws ClockSkewed while the clock is wrong; nothing was recorded.
   * @throws WrongExpectedVersion, IdempotencyKeyReused, EventTooLarge, AppendRefused, CommandWithdrawn: nothing was recorded.
   * @throws OutcomeUnknown when the writer closed first: repeat it under the same id.
   */
  submit(submission: Submission): Promise<DecisionResult> {
    if (this.#failure) return Promise.reject(this.#failure as Error);
    if (this.#closed) return Promise.reject(new OutcomeUnknown(submission.stream));
    if (this.#queue.length >= this.options.maxQueue)
      return Promise.reject(new Overloaded(this.options.partition, this.#queue.length));
    return new Promise((resolve, reject) => {
      this.#queue.push({ submission, resolve, reject });
      this.#wake?.();
    });
  }

  /**
   * Folds what other writers recorded, in between two batches: resolves when all that the log held at the call is in the
   * fold, or all up to the ordinal `upTo`, however long the log cannot be read.
   * @throws LogDiverged. @throws OutcomeUnknown when the writer closed first.
   */
  catchUp(upTo = Infinity): Promise<void> {
    if (this.#failure) return Promise.reject(this.#failure as Error);
    if (this.#closed) return Promise.reject(new OutcomeUnknown('what others recorded'));
    return new Promise((resolve, reject) => {
      this.#behind.push({ upTo, resolve, reject });
      this.#wake?.();
    });
  }

  /**
   * Resolves when it is known whether the clock is right, which takes an append of a record that says nothing where nobody knew.
   * @throws LogDiverged. @throws OutcomeUnknown when the writer closed first.
   */
  checkClock(): Promise<void> {
    this.#isAskedForClock = true;
    return this.catchUp(0);
  }

  /** Lets the batch under way end, answers the rest `OutcomeUnknown`, and stores the index. Safe to repeat. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#wake?.();
    await Promise.allSettled([this.#starting]); // Whoever called `start` is told what became of it.
    await this.#running;
    await this.#storeIndex();
  }

  async #start(): Promise<void> {
    try {
      await this.#reconciler.resync();
      await this.options.fold.tail.flush();
    } catch (error) {
      this.#failure = error;
      throw error;
    }
    this.#running = this.#run();
  }

  /** Also after a failure: what was acknowledged and is gone from the log has to be missed at the next start too. */
  async #storeIndex(): Promise<void> {
    try {
      await this.options.fold.tail.flush();
    } catch (error) {
      if (error !== this.#failure) throw error;
    }
  }

  async #run(): Promise<void> {
    try {
      while (!this.#closed) {
        const hasWork = this.#queue.length > 0;
        if ((hasWork || this.#isAskedForClock) && this.options.clock.isDoubtful) await this.#measureClock();
        else if (this.#behind.length > 0) await this.#readOn();
        else if (hasWork) await this.#oneBatch();
        else await this.#work();
      }
    } catch (error) {
      // A diverged log or a broken index: stop loudly. Every caller, now and later, is told why.
      this.#failure = error;
      this.options.onTrouble(error);
    }
    for (const { submission, reject } of this.#queue.splice(0))
      reject(this.#failure ?? new OutcomeUnknown(submission.stream));
    for (const { reject } of this.#behind.splice(0))
      reject(this.#failure ?? new OutcomeUnknown('what others recorded'));
  }

  async #readOn(): Promise<void> {
    const waiting = this.#behind.splice(0);
    try {
      // The batch that was under way may have brought what is waited for.
      if (waiting.some(({ upTo }) => upTo > this.state.ordinal)) await this.#reconciler.resync();
    } catch (error) {
      for (const { reject } of waiting) reject(error);
      if (error instanceof OutcomeUnknown) return; // It was closed meanwhile.
      throw error;
    }
    for (const { resolve } of waiting) resolve();
  }

  /** The log says with every append what time it is. */
  async #measureClock(): Promise<void> {
    this.#isAskedForClock = false;
    try {
      await this.#reconciler.confirmHead();
    } catch (error) {
      if (!(error instanceof OutcomeUnknown)) throw error; // It was closed meanwhile.
    }
  }

  #work(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = () => {
        this.#wake = undefined;
        resolve();
      };
    });
  }

  async #oneBatch(): Promise<void> {
    const decided = this.#decide();
    if (!decided) return;
    const { draft, taken } = decided;
    try {
      await this.#settleBatch(draft, taken);
    } catch (error) {
      const cause = error instanceof OutcomeUnknown ? undefined : error;
      for (const { submission, reject } of taken) reject(cause ?? new OutcomeUnknown(submission.stream));
      if (cause) throw cause;
    }
  }

  /** Undefined where the clock is wrong; whoever waits has been answered so. */
  #decide(): { readonly draft: DecisionBatch<Pending>; readonly taken: readonly Pending[] } | undefined {
    const now = this.#now();
    if (now === undefined) return undefined;
    const draft = new DecisionBatch<Pending>(this.options.fold, this.state, { ...this.options, now });
    const most = this.#alone > 0 ? 1 : this.options.maxBatchCommands;
    let count = 0;
    for (; count < most; count += 1) {
      const pending = this.#queue[count];
      if (!pending) break;
      try {
        if (!draft.add(pending)) break;
      } catch (error) {
        // A bug in a decider or an event that cannot be read concerns this command alone.
        pending.reject(error);
      }
    }
    this.#alone = Math.max(0, this.#alone - count);
    return { draft, taken: this.#queue.splice(0, count) };
  }

  #now(): number | undefined {
    try {
      return this.options.clock.now();
    } catch (error) {
      if (!(error instanceof ClockSkewed)) throw error;
      // Of a command that was handed over a copy may be recorded by another instance, whose clock is right.
      for (const { submission, reject } of this.#queue.splice(0))
        reject(submission.withdraws === undefined ? error : new OutcomeUnknown(submission.stream, error));
      return undefined;
    }
  }

  async #settleBatch(draft: DecisionBatch<Pending>, taken: readonly Pending[]): Promise<void> {
    const { commits } = draft;
    this.#batches += 1;
    if (commits.length === 0) {
      const confirmed =
        this.options.isPreferred() || !this.#needsConfirmation(draft) || (await this.#reconciler.confirmHead());
      return this.#finish(draft, confirmed ? 0 : -1);
    }
    const { counted, refusal } = await this.#reconciler.settle(draft);
    if (counted === commits.length) draft.keepStates();
    if (refusal) return this.#afterRefusal(draft, taken, counted, refusal);
    await this.#finish(draft, counted === 0 ? -1 : counted);
  }

  #needsConfirmation({ answers }: DecisionBatch<Pending>): boolean {
    return answers.some(({ settled }) => !settled);
  }

  /** Answers what rests on the first `counted` commits (-1: only what was settled before) and queues the rest again. */
  async #finish(draft: DecisionBatch<Pending>, counted: number): Promise<void> {
    const again: Pending[] = [];
    for (const answer of draft.answers)
      if (answer.settled || answer.after <= counted) this.#reply(answer);
      else again.push(answer.pending);
    this.#queue.unshift(...again);
    await this.options.fold.tail.settle();
    if (again.length === 0) this.#lossesInARow = 0;
    else await this.#afterLoss();
  }

  #reply({ pending, answer }: BatchAnswer<Pending>): void {
    if (answer instanceof Error) return pending.reject(answer);
    if (answer.differs) this.#differing += 1;
    pending.resolve(answer);
  }

  async #afterLoss(): Promise<void> {
    const { platform, retryAfterMs, maxRetryAfterMs } = this.options;
    this.#lost += 1;
    this.#lossesInARow += 1;
    const most = Math.min(maxRetryAfterMs, retryAfterMs * 2 ** this.#lossesInARow);
    await pause(platform, platform.random() * most);
  }

  async #afterRefusal(
    draft: DecisionBatch<Pending>,
    taken: readonly Pending[],
    counted: number,
    refusal: AppendRefused,
  ): Promise<void> {
    const [only] = taken;
    if (only && taken.length === 1) return this.#refuse(only, refusal);
    await this.#finish(draft, counted === 0 ? -1 : counted);
    this.#alone = this.#queue.length === 0 ? 0 : taken.length - counted;
  }

  /** A copy of the command that was handed over has to be withdrawn before anybody is told that it was refused for good. */
  #refuse(pending: Pending, refusal: AppendRefused): void {
    const { submission } = pending;
    if (submission.withdraws === undefined) pending.reject(refusal);
    else if (pending.refusal) pending.reject(new OutcomeUnknown(submission.stream, refusal));
    else this.#queue.unshift({ ...pending, refusal });
  }
}
