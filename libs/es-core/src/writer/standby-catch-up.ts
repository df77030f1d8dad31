import type { LogChunk, LogReader, PartitionedLog } from '../log/partitioned-log.port.js';
import { pause, type Platform } from '../platform.js';
import { backOff } from '../reactor/back-off.js';
import type { Preference } from './preference.js';
import type { Writer } from './writer.js';

export interface OnlookerOptions {
  readonly log: PartitionedLog;
  readonly partition: number;
  readonly platform: Platform;
  readonly preference: Preference;
  readonly writer: Pick<Writer, 'catchUp' | 'failure' | 'state'>;
  readonly onTrouble: (error: unknown) => void;
}

/** What comes within this time is folded together: each look costs a few requests, and a busy writer appends all the time. */
const LOOK_AT_MOST_EVERY_MS = 40;

/**
 * Keeps the fold of a partition up to date that another instance writes: whenever its log grows, the writer reads on. While
 * the partition is this instance's own there is nothing to look at.
 */
export class StandbyCatchUp {
  #reader: LogReader | undefined;
  #closed = false;
  #failures = 0;
  #wake: (() => void) | undefined;
  #running: Promise<void> | undefined;
  #stopListening: (() => void) | undefined;

  constructor(private readonly options: OnlookerOptions) {}

  start(): void {
    this.#stopListening = this.options.preference.onChange(() => this.#changed());
    this.#running = this.#run();
  }

  /** Safe to repeat. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#stopListening?.();
    this.#changed();
    await this.#running;
  }

  get #looks(): boolean {
    const { preference, partition } = this.options;
    return !this.#closed && !preference.isMine(partition);
  }

  #changed(): void {
    this.#wake?.();
    if (!this.#looks) void this.#reader?.close().catch(this.options.onTrouble);
  }

  /** Until it is closed, or the writer has stopped for good: that says why itself. */
  async #run(): Promise<void> {
    while (!this.#closed && this.options.writer.failure === undefined) {
      if (!this.#looks) await new Promise<void>((resolve) => (this.#wake = resolve));
      else await this.#lookOn();
    }
  }

  async #lookOn(): Promise<void> {
    const { log, partition, platform, writer, onTrouble } = this.options;
    try {
      const { end } = await log.bounds(partition);
      const { ordinal } = writer.state;
      await writer.catchUp();
      // While there is something each time, looking again is cheaper than being told of every record of it.
      if (writer.state.ordinal === ordinal) await this.#grown(end);
      if (this.#looks) await pause(platform, LOOK_AT_MOST_EVERY_MS);
      this.#failures = 0;
    } catch (error) {
      if (this.#closed || writer.failure !== undefined) return;
      onTrouble(error);
      await backOff(platform, this.#failures, () => this.#closed);
      this.#failures += 1;
    }
  }

  /** Resolves when the log has something behind `end`, or nobody wants to know any more. */
  async #grown(end: number): Promise<void> {
    const reader = this.options.log.read(this.options.partition, { from: end, follow: true });
    this.#reader = reader;
    try {
      for (let chunk: LogChunk | undefined; this.#looks && !chunk?.records.length;) {
        chunk = await reader.next();
        if (!chunk) return;
      }
    } finally {
      this.#reader = undefined;
      await reader.close();
    }
  }
}
