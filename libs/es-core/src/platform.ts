/**
 * Everything that the core takes from the machine it runs on. One object, given once, so that the same code runs on Node,
 * in a simulation with its own clock, and wherever else somebody writes these few lines.
 */
export interface Platform {
  /** SHA-256 over the UTF-8 bytes of `text`, as unpadded base64url (43 characters). */
  sha256(text: string): string;
  /** Number of UTF-8 bytes of `text`. */
  byteLength(text: string): number;
  /** Milliseconds since 1970-01-01 UTC. May go back; the core copes. */
  now(): number;
  /** Milliseconds since some moment, by a clock that nobody sets: it goes on while the machine sleeps, and never jumps. */
  uptime(): number;
  /** An id that nobody else ever gets, of the characters `A-Za-z0-9-`. */
  randomId(): string;
  /** A number in [0, 1), for back-off only. */
  random(): number;
  /** Calls `run` once after `ms` milliseconds; the answer cancels it and may be called at any time. */
  setTimer(ms: number, run: () => void): () => void;
  /**
   * Names the code in the files (paths or `file:` URLs) together with everything that they import: another name when any of it has
   * changed since another process ran it. Too many changes do no harm, a missed one does.
   */
  codeOf(files: readonly string[]): string;
}

/** Resolves after `ms` milliseconds of the platform's clock. */
export const pause = (platform: Platform, ms: number): Promise<void> =>
  new Promise((resolve) => {
    platform.setTimer(ms, resolve);
  });

/** True when the promise is settled before `ms` milliseconds of the platform's clock have passed, however it ends. */
export const endsWithin = (platform: Platform, ms: number, promise: Promise<unknown>): Promise<boolean> =>
  new Promise((resolve) => {
    const cancel = platform.setTimer(ms, () => resolve(false));
    const end = (): void => {
      cancel();
      resolve(true);
    };
    promise.then(end, end);
  });
