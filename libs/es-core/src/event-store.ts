import type { StoredShape } from './catalogue.js';
import type { Commit } from './chain/chain.js';
import { verifyChain } from './chain/genesis.js';
import { type ClockSkewed, OutcomeUnknown, Overloaded } from './errors.js';
import { DEFAULT_LIMITS, type EventStoreOptions, type ResolvedOptions } from './event-store-options.js';
import { fingerprintOf, isSameFingerprint } from './fingerprint.js';
import type { RawEvent } from './stream-index/stream-index.port.js';
import { partitionOf } from './partition-hash.js';
import { type Position } from './position.js';
import { type InSteps, slicesOn } from './slices.js';
import { clockOf, makePartition, type StorePartition } from './store-partition.js';
import { KeyedQueue } from './keyed-queue.js';
import { ProgressBoard } from './subscription/progress-board.js';
import type { CheckedClock } from './writer/checked-clock.js';
import { foldedTo } from './writer/folded-to.js';
import { roughBytes } from './rough-bytes.js';
import { ALL_MINE } from './writer/preference.js';
import { recordedOutcome } from './writer/recorded-outcome.js';
import type { CommandMetadata, DecisionResult, StreamFold, Submission } from './writer/submission.js';
import type { WriterStatistics } from './writer/writer.js';

/** Told of every commit that counts in this store's topic, in order per partition, whoever wrote it. */
export type CommitListener = (partition: number, commit: Commit) => void;

/**
 * The events of one topic, by stream: append with an expected version, read from and to a version or as of a time. All
 * rules are the writers'; this is the door to them.
 */
export class EventStore {
  readonly #listeners = new Set<CommitListener>();
  readonly #board: ProgressBoard;
  readonly #entering = new KeyedQueue();
  /** Of the commands that were submitted and not answered yet. */
  #waitingBytes = 0;
  #closed = false;

  private constructor(
    private readonly options: ResolvedOptions,
    private readonly partitions: readonly StorePartition[],
    private readonly clock: CheckedClock,
    /** The logical log that this store writes. */
    readonly logId: string,
  ) {
    this.#board = new ProgressBoard(options.platform);
  }

  /**
   * Verifies the log, folds it into the index up to its end, and takes commands from then on. An index of another log is
   * cleared first. Repeats of `open` on the same log are safe, also from several processes.
   * @throws LogMisconfigured, LogDiverged: nothing was written.
   */
  static async open(given: EventStoreOptions): Promise<EventStore> {
    const options = { ...given, limits: { ...DEFAULT_LIMITS, ...given.limits } };
    const { log, index } = options;
    const logId = await verifyChain(log, options.platform);
    const partitions = Array.from({ length: log.partitions }, (_, partition) => partition);
    const foreign = partitions.some((p) => (index.readerState(p)?.logId ?? logId) !== logId);
    if (foreign) await index.clear();
    const clock = clockOf(options);
    const store: EventStore = new EventStore(
      options,
      partitions.map((partition) =>
        makePartition({ ...options, clock, logId }, partition, (commit) => store.#notify(partition, commit)),
      ),
      clock,
      logId,
    );
    await store.#start();
    return store;
  }

  get topic(): string {
    return this.options.log.topic;
  }

  /**
   * Sends a command through the writer of its stream's partition; see `Writer.submit`.
   * @throws Overloaded also when the commands that wait for all partitions have too many bytes together.
   */
  submit<State>(submission: Submission<State>): Promise<DecisionResult> {
    const { stream, bytes = 0 } = submission;
    const { writer } = this.#of(stream);
    // Until some are answered nobody else is let in: a small command does not overtake a large one that was refused.
    if (this.#waitingBytes >= this.options.limits.maxQueueBytes) {
      const { queued } = writer.statistics;
      return Promise.reject(new Overloaded(this.partitionOf(stream), queued, this.#waitingBytes));
    }
    this.#waitingBytes += bytes;
    const outcome = this.#enter(submission as Submission);
    const answered = (): void => void (this.#waitingBytes -= bytes);
    outcome.then(answered, answered);
    return outcome;
  }

  /**
   * Appends all events or none, without any rule but the expected version: for imports and tests; commands go through a
   * command handler. `expectedVersion` 0 means "the stream must not exist yet".
   * @throws WrongExpectedVersion when another writer got there first. @throws NotJson
   */
  async append(
    stream: string,
    expectedVersion: number,
    events: readonly StoredShape[],
    metadata: CommandMetadata = {},
  ): Promise<DecisionResult> {
    const { platform } = this.options;
    return await this.submit({
      ...{ stream, commandId: metadata.commandId ?? platform.randomId(), commandType: 'Append' },
      ...{ fingerprint: fingerprintOf(platform, events), bytes: roughBytes(events) },
      metadata: { ...metadata, expectedVersion },
      fold: NO_FOLD,
      decide: () => ({ events }),
    });
  }

  /**
   * True once all up to the position can be read here, whoever recorded it, at once where it can be; false after `timeoutMs`,
   * or when the store is closed. A position of another topic changes nothing here. @throws LogDiverged
   */
  async waitFor(position: Position, timeoutMs: number): Promise<boolean> {
    const { platform } = this.options;
    const { writer } = (position.topic === this.topic && this.partitions[position.partition]) || {};
    return writer ? foldedTo({ writer, board: this.#board, platform }, position, timeoutMs) : true;
  }

  /**
   * Resolves when everything that was recorded in the stream before the call can be read: at once where this instance is
   * the partition's preferred writer. What another one recorded in its place and could not tell of comes up to a second
   * later there: `waitFor` knows better. @throws the errors of `Writer.catchUp`.
   */
  async ensureUpToDate(stream: string): Promise<void> {
    if (!this.isMine(stream)) await this.#of(stream).writer.catchUp();
  }

  /** True where `ensureUpToDate` has nothing to wait for: this instance is the preferred writer of the stream's partition. */
  isMine(stream: string): boolean {
    return (this.options.preference ?? ALL_MINE).isMine(this.partitionOf(stream));
  }

  /** Folds what others recorded in the partition, before this instance becomes its preferred writer. */
  catchUp(partition: number): Promise<void> {
    const found = this.partitions[partition];
    if (!found) throw new RangeError(`${this.topic} has no partition ${partition}`);
    return found.writer.catchUp();
  }

  /** What the command was answered, where the fold holds that; undefined where it does not, or holds another one of this id. */
  recorded({
    stream,
    commandId,
    fingerprint,
  }: Pick<Submission, 'stream' | 'commandId' | 'fingerprint'>): DecisionResult | undefined {
    const { tail } = this.#of(stream).fold;
    const result = tail.result(stream, commandId);
    return result && isSameFingerprint(result.fingerprint, fingerprint) ? recordedOutcome(tail, result) : undefined;
  }

  /** The stream's last version, 0 when it has no events. */
  version(stream: string): number {
    return this.#of(stream).fold.version(stream);
  }

  /** Events from version `from` (default 1) to `to` (default the last), both included, in order, as they are stored. */
  read(stream: string, range: { readonly from?: number; readonly to?: number } = {}): Iterable<RawEvent> {
    const { fold } = this.#of(stream);
    const to = Math.min(range.to ?? Number.MAX_SAFE_INTEGER, fold.version(stream));
    return fold.tail.events(stream, Math.max(1, range.from ?? 1), to);
  }

  /**
   * The version the stream had at `time` (ISO 8601; recorded time, that moment included), 0 when it had no event yet.
   * Recorded time never goes back within a stream, so the events up to it are a prefix.
   */
  versionAt(stream: string, time: string): number {
    // As events have it: texts of one form come in the order of their times.
    const at = new Date(time).toISOString();
    let low = 0;
    let high = this.version(stream);
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      const [event] = this.read(stream, { from: middle, to: middle });
      if (event && event.time <= at) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  /**
   * The stream's state, now or at a version that it has had, from the nearest one that is cached or stored. However much has to be
   * folded it is done at once; see `load`.
   */
  stateOf<State>(stream: string, fold: StreamFold<State>, version?: number): State {
    return this.#of(stream).fold.stateOf(stream, fold, version);
  }

  /**
   * As `stateOf`, in slices: others are served in between. What was recorded before the call is in it.
   * @throws OutcomeUnknown when the store is closed first.
   */
  load<State>(stream: string, fold: StreamFold<State>, version?: number): Promise<State> {
    const work = this.#of(stream).fold.stateInSteps(stream, fold, version);
    return slicesOn(this.options.platform).run(this.#whileOpen(stream, work));
  }

  positionOf(stream: string, ordinal: number): Position {
    return { topic: this.topic, partition: this.partitionOf(stream), ordinal };
  }

  partitionOf(stream: string): number {
    return partitionOf(stream, this.options.log.partitions);
  }

  /** The head of every partition: what counts so far. */
  heads(): readonly Position[] {
    return this.partitions.map(({ writer }, partition) => ({
      topic: this.topic,
      partition,
      ordinal: writer.state.ordinal,
    }));
  }

  statistics(): readonly WriterStatistics[] {
    return this.partitions.map(({ writer }) => writer.statistics);
  }

  /** The first error that stopped a partition for good, if one has. */
  get failure(): unknown {
    return this.partitions.find(({ writer }) => writer.failure)?.writer.failure;
  }

  /** Why nothing is recorded at the moment, where that is the clock: it is looked at now. */
  get clockSkew(): ClockSkewed | undefined {
    return this.clock.skew;
  }

  /** The partitions whose newest record has a time that lies ahead, and that what is recorded until then gets as well. */
  timesAhead(): readonly { readonly partition: number; readonly time: string }[] {
    const { platform, limits } = this.options;
    const most = platform.now() + limits.maxClockSkewMs;
    return this.partitions
      .map(({ writer }, partition) => ({ partition, time: writer.state.time }))
      .filter(({ time }) => Date.parse(time) > most);
  }

  /**
   * Resolves when `clockSkew` knows: where only an append can tell, a record that says nothing is appended.
   * @throws the errors of `Writer.checkClock`.
   */
  async checkClock(): Promise<void> {
    if (this.clock.isDoubtful) await this.partitions[0]?.writer.checkClock();
  }

  /** Calls `listener` for every commit from now on, until the answer is called. */
  onCommit(listener: CommitListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /**
   * Ends the writers and stores the index; the log and the index themselves stay open, and nothing works on them any more, also where
   * one of the partitions could not be stored. Safe to repeat.
   */
  async close(): Promise<void> {
    this.#closed = true;
    this.#board.close();
    const ends = await Promise.allSettled(this.partitions.map(({ writer }) => writer.close()));
    await Promise.all(this.partitions.map(({ standbyCatchUp }) => standbyCatchUp.close()));
    for (const end of ends) if (end.status === 'rejected') throw end.reason;
  }

  /** Where one partition cannot start, none is left running. */
  async #start(): Promise<void> {
    try {
      await Promise.all(this.partitions.map(({ writer }) => writer.start()));
      for (const { writer } of this.partitions) this.clock.recorded(writer.state.time);
      for (const { standbyCatchUp } of this.partitions) standbyCatchUp.start();
    } catch (error) {
      await this.close().catch(this.options.onTrouble);
      throw error;
    }
  }

  /** What has to be folded at length before it can be decided is so before it enters the queue; the order of a stream's commands is kept. */
  async #enter(submission: Submission): Promise<DecisionResult> {
    const { stream } = submission;
    const { writer, fold } = this.#of(stream);
    if (!this.#entering.isBusy(stream) && !fold.isFar(stream, submission.fold)) return await writer.submit(submission);
    const { outcome } = await this.#entering.run(stream, async () => {
      if (fold.isFar(stream, submission.fold)) await this.load(stream, submission.fold);
      return { outcome: writer.submit(submission) };
    });
    return await outcome;
  }

  *#whileOpen<T>(stream: string, work: InSteps<T>): InSteps<T> {
    for (;;) {
      if (this.#closed) throw new OutcomeUnknown(stream);
      const step = work.next();
      if (step.done) return step.value;
      yield;
    }
  }

  #of(stream: string): StorePartition {
    const found = this.partitions[this.partitionOf(stream)];
    if (!found) throw new Error(`${stream} has no partition`);
    return found;
  }

  #notify(partition: number, commit: Commit): void {
    // Mostly nobody waits, and who begins to looks at the writer first.
    if (this.#board.isAwaited)
      this.#board.reach({ topic: this.topic, partition, ordinal: (commit[commit.length - 1] ?? commit[0]).ordinal });
    for (const listener of this.#listeners) listener(partition, commit);
  }
}

const NO_FOLD: StreamFold<undefined> = { initialState: undefined, evolve: () => undefined, revision: '' };
