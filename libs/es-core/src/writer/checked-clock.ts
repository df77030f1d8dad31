import { ClockSkewed } from '../errors.js';
import type { Platform } from '../platform.js';

export interface CheckedClockOptions {
  readonly platform: Pick<Platform, 'now' | 'uptime'>;
  /** Whether the log gives what is appended a time of its own; see `PartitionedLog.hasClock`. */
  readonly logHasClock: boolean;
  /** So far, in milliseconds, the platform's clock may be from the log's. */
  readonly limitMs: number;
}

/** Between which two values the right clock minus the platform's uptime lies; what the platform's clock made of it then, and when that was by the uptime. */
interface Reference {
  readonly least: number;
  readonly most: number;
  readonly measured: number;
  readonly at: number;
}

/** By so much a clock has to move, against the uptime, for the log to be asked once more. */
const MOVED_MS = 1_000;
/** It may have been the log's clock that was wrong: so long after an answer it is asked whether it still is. */
const ASKED_AGAIN_AFTER_MS = 30_000;

/**
 * The clock by which commands are decided, held against the log's: what a wrong one says is never recorded. The uptime, which
 * nobody sets, says between two appends how late it has to be, so a clock that jumps is noticed before the next one. Where the log
 * has no clock, the platform's may not be behind what was recorded, nor jump while the process runs.
 */
export class CheckedClock {
  #reference: Reference | undefined;
  /** A topic may keep the time that records are sent with; then its log has no clock. */
  #logHasClock: boolean;
  /** The newest time that was recorded before anything was appended here. */
  #newest = -Infinity;

  constructor(private readonly options: CheckedClockOptions) {
    this.#logHasClock = options.logHasClock;
  }

  /** Milliseconds since 1970. @throws ClockSkewed */
  now(): number {
    const { skew } = this;
    if (skew) throw skew;
    if (!this.#logHasClock) this.#trust();
    return this.options.platform.now();
  }

  /** Why nothing may be recorded; undefined while the clock is right, as far as is known. */
  get skew(): ClockSkewed | undefined {
    const { limitMs } = this.options;
    const skewMs = Math.round(this.#skewMs());
    return Math.abs(skewMs) > limitMs ? new ClockSkewed(skewMs, limitMs, this.#logHasClock) : undefined;
  }

  /**
   * True while only an append can tell whether the clock is right: at first, and when it seems wrong and has moved since the last one, or
   * that was a while ago.
   */
  get isDoubtful(): boolean {
    if (!this.#logHasClock) return false;
    if (!this.#reference) return true;
    const { measured, at } = this.#reference;
    const isOld = this.options.platform.uptime() - at >= ASKED_AGAIN_AFTER_MS;
    return this.skew !== undefined && (isOld || Math.abs(this.#offset() - measured) > MOVED_MS);
  }

  /** Told of the time of a record that lies in the log already. */
  recorded(time: string): void {
    this.#newest = Math.max(this.#newest, Date.parse(time));
  }

  /** Told of each append: when by the uptime it was sent, and when the log says that it was stored, if it says so. */
  appended(sentAt: number, appendedAt: number | undefined): void {
    this.#logHasClock = appendedAt !== undefined;
    if (appendedAt === undefined) return;
    const at = this.options.platform.uptime();
    this.#reference = { least: appendedAt - at, most: appendedAt - sentAt, measured: this.#offset(), at };
  }

  #trust(): void {
    const offset = this.#offset();
    this.#reference = { least: offset, most: offset, measured: offset, at: this.options.platform.uptime() };
  }

  #offset(): number {
    const { platform } = this.options;
    return platform.now() - platform.uptime();
  }

  #skewMs(): number {
    if (!this.#reference) return Math.min(0, this.options.platform.now() - this.#newest);
    const offset = this.#offset();
    const { least, most } = this.#reference;
    if (offset > most) return offset - most;
    return Math.min(0, offset - least);
  }
}
