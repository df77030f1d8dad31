import type { EachBatchPayload, KafkaMessage } from 'kafkajs';
import { factsOf, type Log } from '../../logging/log.js';
import { CommandWindow } from '../command-window.js';
import { inShares, type Share } from '../shares.js';
import { inLanes } from './in-lanes.js';

/** Commands of all partitions that are under way at once: enough for full batches of the log. */
const UNDER_WAY = 1024 * 1024;
/** The group believes in a member that is silent for longer than this, several times over. */
const BEAT_EVERY_MS = 1_000;
const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 5_000;

export interface MessageHandling {
  /** Rejects when the message has to be delivered again. */
  handle(batch: EachBatchPayload, message: KafkaMessage): Promise<void>;
  /** Resolves when the answers to all messages that were handled before are out. */
  answered(): Promise<void>;
}

interface Held {
  readonly offset: string;
  /** How often it has failed by now. */
  readonly times: number;
}

/**
 * Takes what lies in a partition: in order per key, many keys at once, as much of all partitions as `UNDER_WAY` says; whatever
 * comes behind stays where it was fetched, and nothing more is fetched meanwhile. A message whose handler fails is delivered again, after a
 * pause that grows, and so is everything behind it that may have been dealt with meanwhile; other partitions go on.
 */
export class MessageBatches {
  /** By partition: what has to be delivered again. */
  readonly #held = new Map<string, Held>();
  readonly #pauses = new Set<NodeJS.Timeout>();
  readonly #window = new CommandWindow(UNDER_WAY);

  constructor(
    private readonly handling: MessageHandling,
    private readonly log: Log,
  ) {}

  async take(batch: EachBatchPayload): Promise<void> {
    for (const share of inShares(batch.batch.messages, bytesOf, () => this.#window.share)) {
      if (!batch.isRunning() || batch.isStale()) return;
      if (!(await this.#share(batch, share))) return;
    }
  }

  /** Ends all pauses: nothing is delivered any more. */
  close(): void {
    for (const pause of this.#pauses) clearTimeout(pause);
    this.#pauses.clear();
  }

  /** False when a message is left. Rejects with what the group has to say, once nothing is under way. */
  async #share(batch: EachBatchPayload, { items: messages, bytes }: Share<KafkaMessage>): Promise<boolean> {
    const heart = new Heart(batch.heartbeat);
    const goesOn = (): boolean => heart.beats && batch.isRunning() && !batch.isStale();
    const failures = new Map<KafkaMessage, unknown>();
    const handled = async (message: KafkaMessage): Promise<boolean> => {
      if (!goesOn()) return false;
      await this.handling.handle(batch, message).catch((error: unknown) => failures.set(message, error));
      return !failures.has(message);
    };
    const left = await this.#window.run(bytes, () => inLanes(messages, keyOf, handled));
    await this.handling.answered();
    heart.stop();
    const done = messages[left ? messages.indexOf(left) - 1 : messages.length - 1];
    if (done) batch.resolveOffset(done.offset);
    await heart.assertAlive();
    await batch.commitOffsetsIfNecessary();
    if (left && failures.has(left)) this.#hold(batch, left.offset, failures.get(left));
    return left === undefined;
  }

  #hold(batch: EachBatchPayload, offset: string, error: unknown): void {
    const { topic, partition } = batch.batch;
    const before = this.#held.get(`${topic}/${partition}`);
    const times = before?.offset === offset ? before.times + 1 : 1;
    this.#held.set(`${topic}/${partition}`, { offset, times });
    if (times === 1) this.log.warn('message-held', { topic, partition, offset, ...factsOf(error) });
    this.#pause(batch, Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** (times - 1)));
  }

  #pause(batch: EachBatchPayload, forMs: number): void {
    const resume = batch.pause();
    const pause = setTimeout(() => {
      this.#pauses.delete(pause);
      resume();
    }, forMs);
    this.#pauses.add(pause);
  }
}

/** Tells the group that this member is alive, for as long as it works on something. */
class Heart {
  #lost: Error | undefined;
  readonly #timer: NodeJS.Timeout;

  constructor(private readonly beat: () => Promise<void>) {
    this.#timer = setInterval(() => void this.#tell(), BEAT_EVERY_MS);
  }

  /** False when the partition belongs to somebody else, or soon will. */
  get beats(): boolean {
    return this.#lost === undefined;
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  /** @throws what the group said */
  async assertAlive(): Promise<void> {
    if (this.#lost) throw this.#lost;
    await this.beat();
  }

  async #tell(): Promise<void> {
    try {
      await this.beat();
    } catch (error) {
      this.#lost ??= error instanceof Error ? error : new Error(String(error));
    }
  }
}

/** Messages without a key have no order among each other that anybody could rely on, and share a lane. */
const keyOf = ({ key }: KafkaMessage): string => key?.toString('latin1') ?? '';

const bytesOf = ({ value }: KafkaMessage): number => value?.length ?? 0;
