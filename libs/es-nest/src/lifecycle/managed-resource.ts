/** How something works that a service needs. */
export interface Condition {
  /** Why it does not work, once it was opened; it may work again by itself. The service is not ready while there is one. */
  readonly failure?: unknown;
  /** What does not work as it should while the service goes on: a sentence each, with what to do. None while all is well. */
  readonly degraded?: readonly string[];
}

/** Something with a lifetime that a service works on. */
export interface ManagedResource extends Condition {
  /** Called once. The service is ready when all of its parts have been opened. */
  open(): Promise<void>;
  /** Called once. Where `open` is still under way it ends that, or waits for it. */
  close(): Promise<void>;
}

/**
 * `store`: what everything else works on; opened from the start on, and closed when HTTP has answered what it was asked. `worker`: what
 * works by itself; opened when all stores are, and closed before them, while HTTP still answers.
 */
export type Phase = 'store' | 'worker';
