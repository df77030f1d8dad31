import { ClockSkewed } from '../errors.js';
import type { Platform } from '../platform.js';

export interface CheckedClockOptions {
  readonly platform: Pick<Platform, 'now' | 'uptime'>;
  /** Whether the log gives what is appended a time of its own; see `PartitionedLog.hasClock`. */
  readonly logHasClock: boolean;
  /** So far, in milliseconds, the platform's clock may be from the log's. */
  readonly limitMs: number;
}

/** Between which two values the right clock minus the platform's uptime lies, and what the platform's clock made of it then. */
interface Reference {
  readonly least: number;
  readonly most: number;
  readonly measured: number;
}

/** By so much a clock has to move, against the uptime, for the log to be asked once more. */
const MOVED_MS = 1_000;

/**
 * The clock by which commands are decided, held against the log's: what a wrong one says is never recorded. The uptime, which
 * nobody sets, says between two appends how late it has to be, so a clock that jumps is noticed before the next one. Where the log
 * has no clock, the platform's may not be behind what was recorded, nor jump while the process runs.
 */
export class CheckedClock {
  #reference: Reference | undefined;
  /** The newest time that was recorded before anything was appended here. */
  #newest = -Infinity;

  constructor(private readonly options: CheckedClockOptions) {}

  /** Milliseconds since 1970. @throws ClockSkewed */
  now(): number {
    const { skew } = this;
    if (skew) throw skew;
    const { platform, logHasClock } = this.options;
    if (!logHasClock) this.#trust(this.#offset());
    return platform.now();
  }

  /** Why nothing may be recorded; undefined while the clock is right, as far as is known. */
  get skew(): ClockSkewed | undefined {
    const { limitMs, logHasClock } = this.options;
    const skewMs = Math.round(this.#skewMs());
    return Math.abs(skewMs) > limitMs ? new ClockSkewed(skewMs, limitMs, logHasClock) : undefined;
  }

  /** True while only an append can tell whether the clock is right: at first, and when it seems wrong and has moved since the last one. */
  get isDoubtful(): boolean {
    if (!this.options.logHasClock) return false;
    if (!this.#reference) return true;
    return this.skew !== undefined && Math.abs(this.#offset() - this.#reference.measured) > MOVED_MS;
  }

  /** Told of the time of a record that lies in the log already. */
  recorded(time: string): void {
    this.#newest = Math.max(this.#newest, Date.parse(time));
  }

  /** Told of each append: when by the uptime it was sent, and when the log says that it was stored, if it says so. */
  appended(sentAt: number, appendedAt: number | undefined): void {
    const measured = this.#offset();
    if (appendedAt !== undefined) {
      const least = appendedAt - this.options.platform.uptime();
      this.#reference = { least, most: appendedAt - sentAt, measured };
    } else if (this.#reference) this.#reference = { ...this.#reference, measured };
    else this.#trust(measured);
  }

  #trust(offset: number): void {
    this.#reference = { least: offset, most: offset, measured: offset };
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
