/** A pause that can be cut short. */
export class Wait {
  #end: (() => void) | undefined;

  /** Resolves after so long, or when it is cut short. One at a time. */
  for(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => this.#end?.(), ms);
      this.#end = () => {
        clearTimeout(timer);
        this.#end = undefined;
        resolve();
      };
    });
  }

  cut(): void {
    this.#end?.();
  }
}

/** Resolves when the work has ended, however, or after so long. */
export const atMost = async (ms: number, work: Promise<unknown>): Promise<void> => {
  const wait = new Wait();
  await Promise.race([Promise.allSettled([work]), wait.for(ms)]);
  wait.cut();
};
