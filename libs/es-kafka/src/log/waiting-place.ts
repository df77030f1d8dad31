import type { Decoded } from '../record-batch/decode-batches.js';

/** Where a following pass waits for what is appended next. */
export interface TailPlace {
  /** What came; undefined once the pass has left, or was left behind because it took nothing for a while. */
  next(): Promise<Decoded | undefined>;
  leave(): void;
}

export interface Waits {
  readonly partition: number;
  readonly offset: number;
  readonly epoch: number;
}

/** Answers that are kept for a pass which is busy with earlier ones. */
const MOST_KEPT = 4;

/** One pass at the tail, and what came for it. */
export class WaitingPlace implements TailPlace {
  readonly partition: number;
  readonly epoch: number;
  /** What comes next for this pass. */
  offset: number;
  /** True once the broker was asked for what comes next here. */
  isWatched = false;
  #kept: Decoded[] = [];
  #failure: Error | undefined;
  #left = false;
  #wake: (() => void) | undefined;

  constructor(
    { partition, offset, epoch }: Waits,
    private readonly onLeave: () => void,
  ) {
    this.partition = partition;
    this.offset = offset;
    this.epoch = epoch;
  }

  async next(): Promise<Decoded | undefined> {
    for (;;) {
      const decoded = this.#kept.shift();
      if (decoded) return decoded;
      if (this.#failure) throw this.#failure;
      if (this.#left) return undefined;
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }

  leave(): void {
    this.#kept = [];
    this.#leave();
  }

  /** Keeps what is new to this pass. One that takes nothing is left behind, so that nobody has to wait for it. */
  take({ records, nextOffset }: Decoded): void {
    if (nextOffset <= this.offset) return;
    if (this.#kept.length >= MOST_KEPT) return this.#leave();
    const first = records[0];
    const isNew = first === undefined || first.offset >= this.offset;
    this.#kept.push({ records: isNew ? records : records.filter(({ offset }) => offset >= this.offset), nextOffset });
    this.offset = nextOffset;
    this.#wake?.();
  }

  /** What came before is still handed out. */
  fail(failure: Error): void {
    this.#failure = failure;
    this.#leave();
  }

  #leave(): void {
    this.#left = true;
    this.onLeave();
    this.#wake?.();
  }
}
