import type { Progress } from '../chain/chain-reader.js';
import type { PartitionedLog } from '../log/partitioned-log.port.js';
import type { Platform } from '../platform.js';
import { ProgressBoard } from '../subscription/progress-board.js';
import { Subscription } from '../subscription/subscription.js';
import type { Deadline, OpenDeadlines } from './open-deadlines.js';

/** The clock is looked at again at least so often: a timer knows nothing of a clock that somebody sets. */
const LOOK_AT_LEAST_EVERY_MS = 1_000;
const LOOK_AGAIN_AFTER_MS = 5;
const AT_ONCE = 200;
const READ_WITHIN_MS = 1_000;
/** A command that was not accepted is given again after so long, and twice as long each time. */
const FIRST_DELAY_MS = 1_000;
const LONGEST_DELAY_MS = 60_000;

export interface PartitionDeadlinesOptions {
  readonly log: PartitionedLog;
  readonly partition: number;
  readonly platform: Platform;
  readonly deadlines: OpenDeadlines;
  /** Ordinal of what was recorded last, as far as the store knows. */
  readonly head: () => number;
  /** True where this instance is to give what is due in the stream. */
  readonly isMine: (stream: string) => boolean;
  /** Gives the command; true once it was accepted. */
  readonly give: (deadline: Deadline) => Promise<boolean>;
  readonly onAdvance: () => void;
  readonly onTrouble: (error: unknown) => void;
}

interface Delay {
  readonly ms: number;
  /** By the clock that nobody sets. */
  readonly until: number;
}

/** Follows one partition's deadlines and gives what is due. */
export class PartitionDeadlines {
  readonly #subscription: Subscription;
  readonly #board: ProgressBoard;
  readonly #delays = new WeakMap<Deadline, Delay>();
  #cancelLook: (() => void) | undefined;
  #looking: Promise<void> = Promise.resolve();
  #closed = false;

  constructor(private readonly options: PartitionDeadlinesOptions) {
    const { log, partition, platform, deadlines, onTrouble } = options;
    const onProgress = (progress: Progress): void => this.#fold(progress);
    this.#board = new ProgressBoard(platform);
    this.#reach(deadlines.state.ordinal);
    this.#subscription = new Subscription({ log, partition, platform, state: deadlines.state, onProgress, onTrouble });
  }

  start(): void {
    this.#subscription.start();
    this.#lookIn(LOOK_AGAIN_AFTER_MS);
  }

  /** Lets what is under way end. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#cancelLook?.();
    this.#board.close();
    await Promise.all([this.#subscription.close(), this.#looking]);
  }

  get failure(): unknown {
    return this.#subscription.failure;
  }

  #fold(progress: Progress): void {
    const { deadlines, onAdvance } = this.options;
    deadlines.fold(progress);
    this.#reach(progress.state.ordinal);
    if (progress.commits.length > 0) onAdvance();
  }

  #reach(ordinal: number): void {
    const { log, partition } = this.options;
    this.#board.reach({ topic: log.topic, partition, ordinal });
  }

  #lookIn(ms: number): void {
    this.#cancelLook = this.options.platform.setTimer(ms, () => {
      this.#looking = this.#look()
        .catch(this.options.onTrouble)
        .then(() => this.#lookLater());
    });
  }

  #lookLater(): void {
    const { deadlines, platform } = this.options;
    const untilNext = deadlines.due(platform.now()).next - platform.now();
    if (!this.#closed) this.#lookIn(Math.max(LOOK_AGAIN_AFTER_MS, Math.min(LOOK_AT_LEAST_EVERY_MS, untilNext)));
  }

  async #look(): Promise<void> {
    const { deadlines, platform, isMine } = this.options;
    const due = deadlines.due(platform.now()).due.filter((one) => isMine(one.stream) && !this.#isDelayed(one));
    for (let first = 0; first < due.length; first += AT_ONCE) {
      // What was recorded and is not read yet may have moved or cleared one.
      if (!(await this.#readAll())) return;
      const batch = due.slice(first, first + AT_ONCE).filter((deadline) => deadlines.isOpen(deadline));
      await Promise.all(batch.map((deadline) => this.#give(deadline)));
    }
  }

  #readAll(): Promise<boolean> {
    const { log, partition, head } = this.options;
    return this.#closed
      ? Promise.resolve(false)
      : this.#board.wait({ topic: log.topic, partition, ordinal: head() }, READ_WITHIN_MS);
  }

  async #give(deadline: Deadline): Promise<void> {
    const { deadlines, give, platform } = this.options;
    if (await give(deadline)) deadlines.remove(deadline);
    else this.#delays.set(deadline, longer(this.#delays.get(deadline), platform.uptime()));
  }

  #isDelayed(deadline: Deadline): boolean {
    return (this.#delays.get(deadline)?.until ?? 0) > this.options.platform.uptime();
  }
}

const longer = (before: Delay | undefined, now: number): Delay => {
  const ms = before ? Math.min(LONGEST_DELAY_MS, before.ms * 2) : FIRST_DELAY_MS;
  return { ms, until: now + ms };
};
