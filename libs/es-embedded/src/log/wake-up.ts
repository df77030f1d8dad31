/**
 * Lets any number of passes wait until something may have changed. Take `state` before looking and wait with it: a ring
 * between the look and the wait is not missed.
 */
export class WakeUp {
  #rings = 0;
  #waiting: (() => void)[] = [];

  get state(): number {
    return this.#rings;
  }

  ring(): void {
    this.#rings += 1;
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const wake of waiting) wake();
  }

  async after(state: number): Promise<void> {
    if (state !== this.#rings) return;
    await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }
}
