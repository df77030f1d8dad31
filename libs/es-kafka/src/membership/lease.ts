/**
 * For how long a member may believe that what it was assigned is still its own: until so long after it *sent* the last
 * heartbeat that was answered well, by a clock that nobody sets. The coordinator waits twice as long before it gives the
 * partitions to somebody else, so a process that was halted knows, when it goes on, that it no longer knows.
 */
export class Lease {
  #sentAt = Number.NEGATIVE_INFINITY;
  #term = 0;

  constructor(
    private readonly validMs: number,
    private readonly now: () => number,
  ) {}

  /** Names the time since which it has held without a gap; undefined while it does not hold. */
  get term(): number | undefined {
    return this.now() - this.#sentAt < this.validMs ? this.#term : undefined;
  }

  /** A heartbeat was answered that had been sent then. After a gap, however short, a new term begins. */
  renew(sentAt: number): void {
    if (this.term === undefined) this.#term += 1;
    this.#sentAt = Math.max(this.#sentAt, sentAt);
  }

  end(): void {
    this.#sentAt = Number.NEGATIVE_INFINITY;
  }
}
