import type { EventCatalogue } from '../catalogue.js';
import { beforeGenesis } from '../chain/chain.js';
import type { Progress } from '../chain/chain-reader.js';
import type { ReaderState } from '../chain/reader-state.js';
import type { DomainEvent } from '../decider.js';
import { EsError } from '../errors.js';
import type { PartitionedLog } from '../log/partitioned-log.port.js';
import { pause, type Platform } from '../platform.js';
import { partitionKey, type Position } from '../position.js';
import type { Recorded } from '../recorded-event.js';
import { type CommandRejected, messagesIn } from '../subscription/messages.js';
import { Subscription } from '../subscription/subscription.js';
import { Lanes } from './lanes.js';
import type { ProgressByPartition, ReactorProgress } from './reactor-progress.js';

/** What a reactor is told: an event, or that a remembered command was rejected. */
export type Message<E extends DomainEvent = DomainEvent> = Recorded<E | CommandRejected>;

export interface ReactorRunnerOptions<E extends DomainEvent> {
  readonly name: string;
  readonly log: PartitionedLog;
  readonly logId: string;
  readonly catalogue: EventCatalogue<E>;
  readonly progress: ReactorProgress;
  readonly platform: Platform;
  /** False for messages that nobody handles; they are passed over. */
  readonly wants: (type: string) => boolean;
  /** Resolves when the message was dealt with. Called again for the same message after a failure or a crash. */
  readonly react: (message: Message<E>) => Promise<void>;
  readonly onTrouble: (error: unknown) => void;
  /** Messages under way at once, per partition. Default 256. */
  readonly maxUnderWay?: number;
}

/** How far one partition was dealt with: everything up to `ordinal`. */
export interface ReactorStatus extends Position {
  readonly underWay: number;
  readonly failure?: unknown;
}

const SAVE_EVERY_MS = 200;
const RETRY_AFTER_MS = 100;
const MAX_RETRY_AFTER_MS = 10_000;

interface Follower {
  readonly topic: string;
  readonly partition: number;
  readonly subscription: Subscription;
  readonly lanes: Lanes<ReaderState>;
  /** True once another one goes on with the partition, or nobody: what fails is left to them. */
  released: boolean;
}

/**
 * Turns messages into commands: in order per stream, many streams at once, at least once each. A command's id derives from
 * the message, so a repeated message is a repeated command and records nothing. A message that fails is tried again for as
 * long as it takes and holds up its own stream only; progress is kept up to the first one that is not done.
 */
export class ReactorRunner<E extends DomainEvent> {
  #followers: readonly Follower[] = [];
  #closed = false;
  #assigned: Promise<void> = Promise.resolve();
  #cancelTimer: (() => void) | undefined;
  #saving: Promise<void> = Promise.resolve();
  #saved = '';

  constructor(private readonly options: ReactorRunnerOptions<E>) {}

  get name(): string {
    return this.options.name;
  }

  /**
   * Follows these partitions from now on and no others. Resolves when the others are let go, with what was under way there
   * ended and their progress stored; where it cannot be stored, it is repeated by whoever goes on. Calls are taken in order;
   * one that is repeated changes nothing.
   */
  assign(partitions: readonly number[]): Promise<void> {
    const assigned = this.#assigned.then(() => this.#assign(partitions));
    this.#assigned = assigned.catch(() => undefined); // Its error is for whoever called.
    return assigned;
  }

  status(): readonly ReactorStatus[] {
    return this.#followers.map(({ topic, partition, subscription, lanes }) => {
      const status = { topic, partition, ordinal: lanes.done.ordinal, underWay: lanes.underWay };
      return subscription.failure ? { ...status, failure: subscription.failure } : status;
    });
  }

  /** Lets what is under way end (failing messages are left for the next start) and stores the progress. Safe to repeat. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#assigned;
    try {
      await this.#release(this.#followers);
    } finally {
      this.#cancelTimer?.();
      this.#cancelTimer = undefined;
      await this.#saving;
    }
  }

  async #assign(partitions: readonly number[]): Promise<void> {
    if (this.#closed) return;
    const others = this.#followers.filter(({ partition }) => !partitions.includes(partition));
    await this.#release(others).catch(this.options.onTrouble);
    const missing = partitions.filter((wanted) => !this.#followers.some(({ partition }) => partition === wanted));
    if (missing.length === 0) return;
    const progress = await this.#stored();
    const { log, logId } = this.options;
    for (const partition of this.#closed ? [] : missing)
      this.#follow(partition, progress[partitionKey(log.topic, partition)] ?? beforeGenesis(logId));
  }

  async #release(followers: readonly Follower[]): Promise<void> {
    if (followers.length === 0) return;
    for (const follower of followers) follower.released = true;
    await Promise.all(followers.map(({ subscription }) => subscription.close()));
    await Promise.all(followers.map(({ lanes }) => lanes.idle()));
    await this.#saving;
    try {
      await this.#save();
    } finally {
      this.#followers = this.#followers.filter((follower) => !followers.includes(follower));
    }
  }

  /** Progress of another log is of no use. */
  async #stored(): Promise<ProgressByPartition> {
    for (let attempt = 0; !this.#closed; attempt += 1) {
      try {
        const states = Object.entries(await this.options.progress.load());
        return Object.fromEntries(states.filter(([, { logId }]) => logId === this.options.logId));
      } catch (error) {
        if (!(error instanceof EsError) || !error.retriable) throw error;
        this.options.onTrouble(error);
        await this.#pause(retryAfter(attempt), () => this.#closed);
      }
    }
    return {};
  }

  #follow(partition: number, state: ReaderState): void {
    const { log, platform, onTrouble, maxUnderWay = 256 } = this.options;
    const lanes = new Lanes<ReaderState>(state, maxUnderWay, () => this.#saveSoon());
    const onProgress = (progress: Progress): Promise<void> => this.#dispatch(follower, progress);
    const subscription = new Subscription({ log, partition, platform, state, onTrouble, onProgress });
    const follower: Follower = { topic: log.topic, partition, subscription, lanes, released: false };
    this.#followers = [...this.#followers, follower];
    subscription.start();
  }

  async #dispatch(follower: Follower, { commits, state }: Progress): Promise<void> {
    if (commits.length === 0) return;
    const { topic, partition, lanes } = follower;
    for (const message of messagesIn(commits, this.options, { topic, partition })) {
      await lanes.room();
      lanes.run(message.context.stream, () => this.#react(message, follower));
    }
    lanes.mark(state);
  }

  async #react(message: Message<E>, follower: Follower): Promise<boolean> {
    for (let attempt = 0; !follower.released; attempt += 1) {
      try {
        await this.options.react(message);
        return true;
      } catch (error) {
        this.options.onTrouble(error);
        await this.#pause(retryAfter(attempt), () => follower.released);
      }
    }
    return false;
  }

  /** Short steps, so that whoever ends it does not wait for a long one. */
  async #pause(ms: number, isOver: () => boolean): Promise<void> {
    for (let left = ms; left > 0 && !isOver(); left -= RETRY_AFTER_MS)
      await pause(this.options.platform, Math.min(left, RETRY_AFTER_MS));
  }

  #saveSoon(): void {
    this.#cancelTimer ??= this.options.platform.setTimer(SAVE_EVERY_MS, () => {
      this.#cancelTimer = undefined;
      this.#saving = this.#saving.then(() => this.#save()).catch(this.options.onTrouble);
    });
  }

  async #save(): Promise<void> {
    const states = this.#followers.map(({ topic, partition, lanes }) => [partitionKey(topic, partition), lanes.done]);
    const progress = Object.fromEntries(states) as ProgressByPartition;
    const text = JSON.stringify(progress);
    if (text === this.#saved) return;
    await this.options.progress.save(progress);
    this.#saved = text;
  }
}

const retryAfter = (attempt: number): number => Math.min(MAX_RETRY_AFTER_MS, RETRY_AFTER_MS * 2 ** attempt);
