import type { Platform } from '@ledgerline/es-core';

export interface AbortAfter {
  readonly platform: Pick<Platform, 'setTimer'>;
  readonly ms: number;
  /** What the work's signal is aborted with when time is up. */
  readonly late: () => Error;
  /** Aborts the work as well. */
  readonly signal: AbortSignal;
}

/**
 * Does the work with a signal that is aborted when time is up, or when the other one is. Not `AbortSignal.any` with a time-out: Node 20
 * collects that as garbage while it is waited for, and it never fires. Here the timer holds what it aborts.
 */
export const abortAfter = async <T>(
  { platform, ms, late, signal }: AbortAfter,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> => {
  const ending = new AbortController();
  const end = (): void => ending.abort(signal.reason);
  const cancel = platform.setTimer(ms, () => ending.abort(late()));
  signal.addEventListener('abort', end);
  try {
    if (signal.aborted) end();
    return await work(ending.signal);
  } finally {
    cancel();
    signal.removeEventListener('abort', end);
  }
};
