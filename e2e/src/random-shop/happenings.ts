interface Waiting {
  readonly at: number;
  resolve(): void;
}

/** Counts what happens, so that disturbances come at moments that the seed chooses, however fast the machine is. */
export class Happenings {
  #count = 0;
  #isOver = false;
  #waiting: readonly Waiting[] = [];

  get areOver(): boolean {
    return this.#isOver;
  }

  happened(): void {
    this.#count += 1;
    this.#look();
  }

  /** Nothing more will happen. */
  end(): void {
    this.#isOver = true;
    this.#look();
  }

  /** Resolves when so many more have happened, or nothing will any more. */
  more(count: number): Promise<void> {
    return new Promise((resolve) => {
      this.#waiting = [...this.#waiting, { at: this.#count + count, resolve }];
      this.#look();
    });
  }

  #look(): void {
    const [waiting, isOver] = [this.#waiting, this.#isOver];
    const isDue = ({ at }: Waiting): boolean => isOver || at <= this.#count;
    this.#waiting = waiting.filter((one) => !isDue(one));
    for (const one of waiting) if (isDue(one)) one.resolve();
  }
}
