const RETRY_AFTER_MS = 100;
const MAX_RETRY_AFTER_MS = 2_000;

/** How long to wait after so many failures: longer each time, and not as long as others that failed at the same time. */
export const retryAfterMs = (failures: number): number =>
  Math.min(MAX_RETRY_AFTER_MS, RETRY_AFTER_MS * 2 ** failures) * (0.5 + Math.random() / 2);

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
