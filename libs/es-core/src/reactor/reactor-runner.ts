import type { EventCatalogue } from '../catalogue.js';
import { beforeGenesis } from '../chain/chain.js';
import type { Progress } from '../chain/chain-reader.js';
import type { ReaderState } from '../chain/reader-state.js';
import type { DomainEvent } from '../decider.js';
import type { StreamIndex } from '../stream-index/stream-index.port.js';
import type { PartitionedLog } from '../log/partitioned-log.port.js';
import { pause, type Platform } from '../platform.js';
import { partitionKey, type Position } from '../position.js';
import type { Recorded } from '../recorded-event.js';
import { type CommandRejected, messagesIn } from '../subscription/messages.js';
import { Subscription } from '../subscription/subscription.js';
import { Lanes } from './lanes.js';

/** What a reactor is told: an event, or that a remembered command was rejected. */
export type Message<E extends DomainEvent = DomainEvent> = Recorded<E | CommandRejected>;

export interface ReactorRunnerOptions<E extends DomainEvent> {
  /** Stable: the reactor's progress is kept under it. */
  readonly name: string;
  readonly log: PartitionedLog;
  readonly logId: string;
  readonly catalogue: EventCatalogue<E>;
  /** Where the reactor keeps its progress: the index of the service it sends commands to. */
  readonly index: StreamIndex;
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
}

/**
 * Turns messages into commands: in order per stream, many streams at once, at least once each. A command's id derives from
 * the message, so a repeated message is a repeated command and records nothing. A message that fails is tried again for as
 * long as it takes and holds up its own stream only; progress is kept up to the first one that is not done.
 */
export class ReactorRunner<E extends DomainEvent> {
  readonly #followers: Follower[] = [];
  #closed = false;
  #cancelTimer: (() => void) | undefined;
  #saving: Promise<void> = Promise.resolve();
  #saved = '';

  constructor(private readonly options: ReactorRunnerOptions<E>) {}

  get name(): string {
    return this.options.name;
  }

  start(): void {
    const { log, logId } = this.options;
    const progress = this.#stored();
    for (let partition = 0; partition < log.partitions; partition += 1)
      this.#follow(partition, progress[partitionKey(log.topic, partition)] ?? beforeGenesis(logId));
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
    await Promise.all(this.#followers.map(({ subscription }) => subscription.close()));
    await Promise.all(this.#followers.map(({ lanes }) => lanes.idle()));
    this.#cancelTimer?.();
    this.#cancelTimer = undefined;
    await this.#saving;
    await this.#save();
  }

  /** Progress of another log is of no use; a note that is missing costs repeats, which record nothing. */
  #stored(): Readonly<Record<string, ReaderState>> {
    const note = this.options.index.note(this.#noteName);
    const states = note === undefined ? {} : (JSON.parse(note) as Record<string, ReaderState>);
    return Object.fromEntries(Object.entries(states).filter(([, state]) => state.logId === this.options.logId));
  }

  get #noteName(): string {
    return `reactor/${this.options.name}`;
  }

  #follow(partition: number, state: ReaderState): void {
    const { log, platform, onTrouble, maxUnderWay = 256 } = this.options;
    const lanes = new Lanes<ReaderState>(state, maxUnderWay, () => this.#saveSoon());
    const onProgress = (progress: Progress): Promise<void> => this.#dispatch(partition, lanes, progress);
    const subscription = new Subscription({ log, partition, platform, state, onTrouble, onProgress });
    this.#followers.push({ topic: log.topic, partition, subscription, lanes });
    subscription.start();
  }

  async #dispatch(partition: number, lanes: Lanes<ReaderState>, { commits, state }: Progress): Promise<void> {
    if (commits.length === 0) return;
    const { log } = this.options;
    for (const message of messagesIn(commits, this.options, { topic: log.topic, partition })) {
      await lanes.room();
      lanes.run(message.context.stream, () => this.#react(message));
    }
    lanes.mark(state);
  }

  async #react(message: Message<E>): Promise<boolean> {
    for (let attempt = 0; !this.#closed; attempt += 1) {
      try {
        await this.options.react(message);
        return true;
      } catch (error) {
        this.options.onTrouble(error);
        await this.#pause(Math.min(MAX_RETRY_AFTER_MS, RETRY_AFTER_MS * 2 ** attempt));
      }
    }
    return false;
  }

  /** Short steps, so that closing does not wait for a long one. */
  async #pause(ms: number): Promise<void> {
    for (let left = ms; left > 0 && !this.#closed; left -= RETRY_AFTER_MS)
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
    const text = JSON.stringify(Object.fromEntries(states));
    if (text === this.#saved) return;
    await this.options.index.writeNote(this.#noteName, text);
    this.#saved = text;
  }
}
