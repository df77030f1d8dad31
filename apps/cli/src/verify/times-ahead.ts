import { formatPosition } from '@ledgerline/es-core';
import type { Commit, Counted } from '@ledgerline/es-core/runtime';

/** Records whose time lies ahead of when they were stored: a clock was wrong, or what it recorded lay before them. */
export interface FoundAhead {
  readonly count: number;
  /** The first of them: its position, offset and time. */
  readonly position: string;
  readonly offset: number;
  readonly time: string;
  readonly lastOffset: number;
  /** The furthest ahead that one of them is. */
  readonly mostMs: number;
}

export interface TimesAheadOptions {
  readonly topic: string;
  readonly partition: number;
  /** Nothing was stored later than now: what counts where the log does not say when it stored a record. */
  readonly now: number;
  readonly limitMs: number;
}

/** Collects what lies ahead in one partition, commit after commit. */
export class TimesAhead {
  #found: FoundAhead | undefined;

  constructor(private readonly options: TimesAheadOptions) {}

  get found(): FoundAhead | undefined {
    return this.#found;
  }

  /** All records of a commit are stored at once, at `appendedAt` by the log's clock, if it says so. */
  take(commit: Commit, appendedAt = this.options.now): void {
    for (const record of commit) {
      const aheadMs = Date.parse(record.time) - appendedAt;
      if (aheadMs > this.options.limitMs) this.#add(record, aheadMs);
    }
  }

  #add({ ordinal, offset, time }: Counted, aheadMs: number): void {
    const { topic, partition } = this.options;
    const first = this.#found ?? { position: formatPosition({ topic, partition, ordinal }), offset, time };
    const count = (this.#found?.count ?? 0) + 1;
    this.#found = { ...first, count, lastOffset: offset, mostMs: Math.max(this.#found?.mostMs ?? 0, aheadMs) };
  }
}
