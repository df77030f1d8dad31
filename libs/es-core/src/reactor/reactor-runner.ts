import type { DomainEvent } from '../aggregate/decision.js';
import { EsError } from '../errors.js';
import { endsWithin, pause } from '../platform.js';
import { partitionKey, type Position } from '../position.js';
import { ProgressBoard } from '../subscription/progress-board.js';
import { KeyedQueue } from '../keyed-queue.js';
import { backOff } from './back-off.js';
import { beginningOf } from './beginning.js';
import type { LaneLimits } from './lanes.js';
import { PartitionReactor } from './partition-reactor.js';
import type { ReactorRunnerOptions, ReactorStatus } from './reactor-options.js';
import type { HeldStreams } from './parked-reactions.port.js';
import type { ProgressByPartition, ReactorState } from './reactor-progress.js';

const SAVE_EVERY_MS = 200;
/** How often it is looked how far others are while somebody waits for that: as often as they store it. */
const LOOK_EVERY_MS = SAVE_EVERY_MS;
/** So long what is under way may take to end when its partition is given up. What takes longer ends by itself, and is looked up by whoever goes on. */
const RELEASED_WITHIN_MS = 2_000;
const LIMITS: LaneLimits = { tasks: 4_096, characters: 16_000_000 };

/**
 * Turns messages into commands and effects: in order per stream, many streams at once, at least once each. A command's id derives
 * from the message, so a repeated message is a repeated command and records nothing; an effect is looked up before it is
 * performed. A message that fails is tried again while that may help and parks its stream where it cannot; all else goes on.
 */
export class ReactorRunner<E extends DomainEvent> {
  #partitions: readonly PartitionReactor<E>[] = [];
  /** Of all partitions, and also of those that were given up: what is still under way there holds up its own stream only. */
  readonly #turns = new KeyedQueue();
  readonly #board: ProgressBoard;
  readonly #stopListening: () => void;
  #closed = false;
  #assigned: Promise<void> = Promise.resolve();
  #cancelTimer: (() => void) | undefined;
  #saving: Promise<void> = Promise.resolve();
  #saved = '';
  #looking: Promise<void> | undefined;

  constructor(private readonly options: ReactorRunnerOptions<E>) {
    this.#board = new ProgressBoard(options.platform);
    this.#stopListening = options.parked.onRetry((partition) => void this.#retry(partition).catch(options.onTrouble));
  }

  get name(): string {
    return this.options.name;
  }

  /**
   * Follows these partitions from now on and no others. Resolves when the others are let go and their progress is stored, at most
   * two seconds later; where it cannot be stored, or something is still under way then, whoever goes on repeats that. Calls are taken
   * in order; one that is repeated changes nothing.
   */
  assign(partitions: readonly number[]): Promise<void> {
    const assigned = this.#assigned.then(() => this.#assign(partitions));
    this.#assigned = assigned.catch(() => undefined); // Its error is for whoever called.
    return assigned;
  }

  status(): readonly ReactorStatus[] {
    return this.#partitions.map(({ status }) => status);
  }

  /**
   * True once everything up to the position was dealt with or is parked, here or, as far as they have stored it, by other instances;
   * false when `timeoutMs` passed first, or `close` was called.
   */
  waitFor(position: Position, timeoutMs: number): Promise<boolean> {
    const reached = this.#board.wait(position, timeoutMs);
    if (this.#board.isAwaited) this.#looking ??= this.#lookElsewhere();
    return reached;
  }

  /** Lets what is under way end as `assign` does and stores the progress. Safe to repeat. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#board.close();
    await this.#looking;
    this.#stopListening();
    // What it waits for may be the log, and the store that is asked is closed behind this.
    await endsWithin(this.options.platform, RELEASED_WITHIN_MS, this.#assigned);
    try {
      await this.#release(this.#partitions);
    } finally {
      this.#cancelTimer?.();
      this.#cancelTimer = undefined;
      await this.#saving;
    }
  }

  async #assign(partitions: readonly number[]): Promise<void> {
    if (this.#closed) return;
    const others = this.#partitions.filter(({ partition }) => !partitions.includes(partition));
    await this.#release(others).catch(this.options.onTrouble);
    const missing = partitions.filter((wanted) => !this.#partitions.some(({ partition }) => partition === wanted));
    if (missing.length === 0) return;
    const progress = await this.#available(() => this.options.progress.load());
    await Promise.all(missing.map((partition) => this.#follow(partition, progress ?? {})));
  }

  async #follow(partition: number, stored: ProgressByPartition): Promise<void> {
    const { options } = this;
    const held = await this.#available(() => options.parked.load(partition));
    if (!held) return;
    const start = stored[partitionKey(options.log.topic, partition)] ?? (await this.#begin(partition, held));
    if (!start || this.#closed) return;
    const reactor = new PartitionReactor<E>({
      ...{ ...options, partition, start, held, turns: this.#turns, limits: options.limits ?? LIMITS },
      onAdvance: () => {
        this.#reach(partition, reactor.progress.ordinal);
        this.#saveSoon();
      },
    });
    this.#reach(partition, reactor.progress.ordinal);
    this.#partitions = [...this.#partitions, reactor];
    reactor.start();
    this.#saveSoon();
  }

  /** Without progress somebody may have dealt before with all that is recorded by now. */
  async #begin(partition: number, { begun }: HeldStreams): Promise<ReactorState | undefined> {
    const { options } = this;
    if (await this.#hasRecords(partition)) options.onNoProgress(partition);
    const historyUntil = new Date(options.platform.now()).toISOString();
    const place = await this.#available(() => beginningOf({ ...options, partition, begun }));
    return place && { ...place, historyUntil };
  }

  async #release(reactors: readonly PartitionReactor<E>[]): Promise<void> {
    if (reactors.length === 0) return;
    await Promise.all(reactors.map((reactor) => reactor.stop()));
    const idle = Promise.all(reactors.map((reactor) => reactor.idle()));
    await endsWithin(this.options.platform, RELEASED_WITHIN_MS, idle);
    await this.#saving;
    try {
      await this.#save();
    } finally {
      this.#partitions = this.#partitions.filter((reactor) => !reactors.includes(reactor));
    }
  }

  async #retry(partition: number): Promise<void> {
    const reactor = this.#partitions.find((one) => one.partition === partition);
    const held = reactor && (await this.#available(() => this.options.parked.load(partition)));
    if (held) reactor.retry(held);
  }

  /** Once for all who wait, while one of them waits for what others deal with. Whoever waits from the moment it ends begins another. */
  async #lookElsewhere(): Promise<void> {
    while (this.#board.isAwaited) {
      if (this.#awaitedElsewhere.length > 0) await this.#look().catch(this.options.onTrouble);
      if (this.#board.isAwaited) await pause(this.options.platform, LOOK_EVERY_MS);
    }
    this.#looking = undefined;
  }

  async #look(): Promise<void> {
    const stored = await this.options.progress.load();
    for (const partition of this.#awaitedElsewhere)
      this.#reach(partition, stored[partitionKey(this.options.log.topic, partition)]?.ordinal ?? 0);
  }

  get #awaitedElsewhere(): readonly number[] {
    const { topic, partitions } = this.options.log;
    return Array.from({ length: partitions }, (_, partition) => partition).filter(
      (partition) =>
        this.#board.isAwaitedIn(topic, partition) && !this.#partitions.some((one) => one.partition === partition),
    );
  }

  #reach(partition: number, ordinal: number): void {
    this.#board.reach({ topic: this.options.log.topic, partition, ordinal });
  }

  /** Behind its genesis record. */
  async #hasRecords(partition: number): Promise<boolean> {
    const bounds = await this.#available(() => this.options.log.bounds(partition));
    return bounds !== undefined && bounds.end - bounds.start > 1;
  }

  /** What `load` gives, as soon as what it needs is there; undefined when this was closed first. @throws what is not retriable */
  async #available<T>(load: () => Promise<T>): Promise<T | undefined> {
    for (let attempt = 0; !this.#closed; attempt += 1)
      try {
        return await load();
      } catch (error) {
        if (!(error instanceof EsError) || !error.retriable) throw error;
        this.options.onTrouble(error);
        await backOff(this.options.platform, attempt, () => this.#closed);
      }
    return undefined;
  }

  #saveSoon(): void {
    this.#cancelTimer ??= this.options.platform.setTimer(SAVE_EVERY_MS, () => {
      this.#cancelTimer = undefined;
      this.#saving = this.#saving.then(() => this.#save()).catch(this.options.onTrouble);
    });
  }

  async #save(): Promise<void> {
    const progress: ProgressByPartition = Object.fromEntries(this.#partitions.map((one) => [one.key, one.progress]));
    const text = JSON.stringify(progress);
    if (text === this.#saved) return;
    await this.options.progress.save(progress);
    this.#saved = text;
  }
}
