/** Runs what is asked for one key in the order of the calls, one after the other. Other keys do not wait. */
export class KeyedQueue {
  readonly #last = new Map<string, Promise<unknown>>();

  /** True while something is under way for the key. */
  isBusy(key: string): boolean {
    return this.#last.has(key);
  }

  /** Runs at once where nothing is under way, and whatever became of what is. */
  run<T>(key: string, run: () => Promise<T>): Promise<T> {
    const before = this.#last.get(key);
    const turn = before ? before.then(run, run) : run();
    this.#last.set(key, turn);
    const end = (): void => {
      if (this.#last.get(key) === turn) this.#last.delete(key);
    };
    turn.then(end, end);
    return turn;
  }
}
