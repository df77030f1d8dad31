interface Waiting {
  readonly bytes: number;
  readonly begin: () => void;
}

/** A share has room for so many bytes, however many callers there are. */
const SMALLEST_SHARE = 32 * 1024;

/**
 * Bounds what many callers have under way at once, in bytes. Whoever waits begins in the order of the calls, so a caller that
 * comes with one share after another takes turns with the others.
 */
export class CommandWindow {
  #underWay = 0;
  #callers = 0;
  #isBeginning = false;
  readonly #waiting: Waiting[] = [];

  /** A share begins while less than `limit` bytes are under way, so that one of any size begins at some time. */
  constructor(private readonly limit: number) {}

  /** How many bytes the next share of a caller is to have: all where nobody else is there, else a part of them. */
  get share(): number {
    return Math.max(SMALLEST_SHARE, this.limit / (this.#callers + 1));
  }

  /** Runs `work` in its turn; its bytes count until it has ended. */
  async run<T>(bytes: number, work: () => Promise<T>): Promise<T> {
    this.#callers += 1;
    await this.#turn(bytes);
    try {
      return await work();
    } finally {
      this.#callers -= 1;
      this.#underWay -= bytes;
      this.#beginNext();
    }
  }

  #turn(bytes: number): Promise<void> {
    return new Promise((begin) => {
      this.#waiting.push({ bytes, begin });
      this.#beginNext();
    });
  }

  /**
   * One share for each turn of the event loop: other requests are served in between, and whatever became of the share before
   * is known to everybody.
   */
  #beginNext(): void {
    if (this.#isBeginning || this.#waiting.length === 0 || this.#underWay >= this.limit) return;
    this.#isBeginning = true;
    setImmediate(() => {
      this.#isBeginning = false;
      const next = this.#waiting.shift();
      this.#underWay += next?.bytes ?? 0;
      next?.begin();
      this.#beginNext();
    });
  }
}
