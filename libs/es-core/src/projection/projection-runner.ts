import { beforeGenesis } from '../chain/chain.js';
import type { Progress } from '../chain/chain-reader.js';
import type { ReaderState } from '../chain/reader-state.js';
import { CollectionLost } from '../errors.js';
import type { PartitionedLog } from '../log/partitioned-log.port.js';
import { type DocumentParked, TooManyParked } from '../parking/parking.errors.js';
import type { Platform } from '../platform.js';
import { partitionKey, type Position } from '../position.js';
import type { Positions, ReadModelStore, StoredDocument } from '../read-models/read-model-store.port.js';
import { ProgressBoard } from '../subscription/progress-board.js';
import { ReadAheadBudget } from '../subscription/read-ahead.js';
import { Subscription } from '../subscription/subscription.js';
import { applyEvents } from './apply-events.js';
import { foldedEvents } from './folded-events.js';
import type { Projection } from './projection.js';
import { requireNotAhead, type IncarnationSegment, segmentsOf } from './restored-log.js';
import { WrittenDocuments } from './written-documents.js';

/** The log of a topic that projections read, and the logical log's id. */
export interface Source {
  readonly log: PartitionedLog;
  readonly logId: string;
}

export interface ProjectionRunnerOptions {
  readonly projection: Projection;
  /** One for each of the projection's topics. */
  readonly sources: readonly Source[];
  readonly store: ReadModelStore;
  /** The generation's, which is there. */
  readonly collection: string;
  readonly platform: Platform;
  /** So many documents may be parked; past it a partition waits. */
  readonly parkedLimit: number;
  /** Told of what stops a partition, of what is tried again, and of every document that is parked. */
  readonly onTrouble: (error: unknown) => void;
}

/** How far one partition was applied. */
export interface PartitionStatus extends Position {
  readonly refused: number;
  /** Why it stopped, or waits: for parked documents to become fewer. */
  readonly failure?: unknown;
}

const CHECKPOINT_EVERY_MS = 200;
/**
 * The more of a partition at once, the fewer writes for the same events. What it costs is memory, of which a process has so much
 * however many read models it fills: what four partitions are behind with, and deal with.
 */
const READ_AHEAD = {
  each: { commits: 4_000, characters: 2_000_000 },
  together: new ReadAheadBudget({ commits: 32_000, characters: 16_000_000 }),
};

/**
 * Keeps one generation of a read model up to date: reads each partition of its topics, folds, and writes every touched document once per
 * chunk. Documents carry the positions they have applied, so a crash between two writes, a repeat, or a second runner on
 * the same store changes nothing; the checkpoint only saves reading.
 */
export class ProjectionRunner {
  readonly collection: string;
  readonly #board: ProgressBoard;
  readonly #subscriptions = new Map<
    string,
    { readonly subscription: Subscription; readonly topic: string; readonly partition: number }
  >();
  readonly #reached = new Map<string, ReaderState>();
  readonly #waits = new Map<string, TooManyParked>();
  readonly #written = new WrittenDocuments();
  readonly #dirty = new Set<string>();
  #furthest: Positions | undefined;
  #cancelTimer: (() => void) | undefined;
  #closed = false;
  #lost = false;
  #saidTooMany = false;
  #saving: Promise<void> = Promise.resolve();

  constructor(private readonly options: ProjectionRunnerOptions) {
    this.#board = new ProgressBoard(options.platform);
    this.collection = options.collection;
  }

  get projection(): Projection {
    return this.options.projection;
  }

  /** True once it was noticed that somebody dropped the collection; nothing goes on then. */
  get isLost(): boolean {
    return this.#lost;
  }

  /** Looks whether the collection is still there: nobody notices while nothing is written. */
  async look(): Promise<void> {
    try {
      await this.options.store.write(this.collection, []);
    } catch (error) {
      if (!(error instanceof CollectionLost)) throw error;
      this.#report(error);
    }
  }

  /** How far it has read, for partitions in which something counts. */
  get reached(): ReadonlyMap<string, ReaderState> {
    return this.#reached;
  }

  /** Follows the topics from the last checkpoint. */
  async start(): Promise<void> {
    const checkpoints = await this.options.store.checkpoints(this.collection);
    if (this.#closed) return;
    for (const source of this.options.sources)
      for (let partition = 0; partition < source.log.partitions; partition += 1)
        this.#follow(source, partition, checkpoints.get(partitionKey(source.log.topic, partition)));
  }

  /**
   * True once the position was applied, at once if it has been; false after `timeoutMs`, or when the runner is closed. A topic or partition that the
   * projection does not read is always applied: nothing there can change its documents.
   */
  async waitFor(position: Position, timeoutMs: number): Promise<boolean> {
    if (!this.#subscriptions.has(partitionKey(position.topic, position.partition))) return true;
    return this.#board.wait(position, timeoutMs);
  }

  status(): readonly PartitionStatus[] {
    return [...this.#subscriptions.values()].map(({ subscription, topic, partition }) => {
      const { refused } = subscription;
      const failure = subscription.failure ?? this.#waits.get(partitionKey(topic, partition));
      const status = { topic, partition, ordinal: this.#board.ordinal(topic, partition), refused };
      return failure ? { ...status, failure } : status;
    });
  }

  /** Lets the chunks under way end and stores the checkpoints. Safe to repeat. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#board.close();
    await Promise.all([...this.#subscriptions.values()].map(({ subscription }) => subscription.close()));
    this.#cancelTimer?.();
    this.#cancelTimer = undefined;
    await this.#saving;
    try {
      await this.#saveCheckpoints();
    } catch (error) {
      // There is nothing left that a checkpoint could save reading for.
      if (!(error instanceof CollectionLost)) throw error;
      this.#report(error);
    }
  }

  #follow(source: Source, partition: number, checkpoint: ReaderState | undefined): void {
    const { platform } = this.options;
    const { log, logId } = source;
    const onTrouble = (error: unknown): void => this.#report(error);
    const state = checkpoint ?? beforeGenesis(logId);
    const key = partitionKey(log.topic, partition);
    const subscription = new Subscription({
      ...{ log, partition, platform, state, onTrouble, readAhead: READ_AHEAD },
      onProgress: (progress) => this.#apply(source, partition, progress),
    });
    this.#subscriptions.set(key, { subscription, topic: log.topic, partition });
    this.#board.reach({ topic: log.topic, partition, ordinal: state.ordinal });
    if (checkpoint) this.#reached.set(key, checkpoint);
    subscription.start();
  }

  async #apply(source: Source, partition: number, progress: Progress): Promise<void> {
    const key = partitionKey(source.log.topic, partition);
    for (const segment of segmentsOf(progress)) {
      if (segment.state.ordinal <= (this.#reached.get(key)?.ordinal ?? 0)) continue;
      if (segment.beginsIncarnation) await this.#requireNotAhead(source, partition, segment.state);
      await this.#applySegment(source, partition, segment);
      // Whatever is behind it and applied is of this incarnation, which a start after a crash has to know.
      if (segment.beginsIncarnation) await this.options.store.saveCheckpoint(this.collection, key, segment.state);
    }
  }

  async #applySegment(
    { log: { topic }, logId }: Source,
    partition: number,
    { commits, state }: IncarnationSegment,
  ): Promise<void> {
    const key = partitionKey(topic, partition);
    const events = foldedEvents(this.projection, commits, { topic, partition });
    const from = this.#reached.get(key) ?? beforeGenesis(logId);
    const onParked = (parked: DocumentParked): void => this.#report(parked);
    try {
      const known = (id: string): StoredDocument | undefined => this.#written.find(id);
      this.#written.replace(key, await applyEvents({ ...this.options, key, from, events, known, onParked }));
      if (this.#waits.delete(key)) this.#saidTooMany = false;
    } catch (error) {
      if (error instanceof TooManyParked) this.#waits.set(key, error);
      throw error;
    }
    this.#reached.set(key, state);
    this.#dirty.add(key);
    this.#board.reach({ topic, partition, ordinal: state.ordinal });
    this.#saveSoon();
  }

  async #requireNotAhead({ log }: Source, partition: number, state: ReaderState): Promise<void> {
    const { store, platform } = this.options;
    const { collection } = this;
    this.#furthest ??= await store.furthest(collection);
    await requireNotAhead({ log, partition, platform, store, collection, furthest: this.#furthest }, state);
  }

  #saveSoon(): void {
    if (this.#closed || this.#lost) return;
    this.#cancelTimer ??= this.options.platform.setTimer(CHECKPOINT_EVERY_MS, () => {
      this.#cancelTimer = undefined;
      this.#saving = this.#saving.then(() => this.#saveOrRetry());
    });
  }

  async #saveOrRetry(): Promise<void> {
    try {
      await this.#saveCheckpoints();
    } catch (error) {
      this.#report(error);
      this.#saveSoon();
    }
  }

  /** That the collection was dropped, or too much is parked, is met again and again, and is said once. */
  #report(error: unknown): void {
    if (this.#lost || (error instanceof TooManyParked && this.#saidTooMany)) return;
    this.#saidTooMany ||= error instanceof TooManyParked;
    this.#lost = error instanceof CollectionLost;
    this.options.onTrouble(error);
  }

  async #saveCheckpoints(): Promise<void> {
    if (this.#lost) return;
    for (const key of [...this.#dirty]) {
      const state = this.#reached.get(key);
      if (state) await this.options.store.saveCheckpoint(this.collection, key, state);
      if (state === this.#reached.get(key)) this.#dirty.delete(key);
    }
  }
}
