import { EsError, pause, type Platform } from '@ledgerline/es-core';
import { factsOf, type Log } from '../logging/log.js';

const RETRY_AFTER_MS = 100;
const MAX_RETRY_AFTER_MS = 2_000;

export interface Patience {
  readonly platform: Platform;
  readonly log: Log;
  /** What is waited for, as the log has it. */
  readonly event: string;
  /** Ends the waiting. */
  readonly signal: AbortSignal;
}

/**
 * Does something as soon as what it needs is there: again and again, later each time, while it fails with a retriable error;
 * undefined when the signal came first. Why it waits is logged whenever that changes.
 */
export const untilAvailable = async <T>(
  { platform, log, event, signal }: Patience,
  action: () => Promise<T>,
): Promise<T | undefined> => {
  let reported = '';
  for (let failures = 0; !signal.aborted; failures += 1) {
    try {
      return await action();
    } catch (error) {
      if (!(error instanceof EsError) || !error.retriable) throw error;
      if (error.message !== reported) log.warn(event, factsOf(error));
      reported = error.message;
    }
    await pause(platform, Math.min(MAX_RETRY_AFTER_MS, RETRY_AFTER_MS * 2 ** failures));
  }
  return undefined;
};
