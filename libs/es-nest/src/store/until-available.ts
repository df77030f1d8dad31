import { EsError, type Platform } from '@ledgerline/es-core';
import { pause } from '@ledgerline/es-core/runtime';

const RETRY_AFTER_MS = 100;
const MAX_RETRY_AFTER_MS = 2_000;

export interface Patience {
  readonly platform: Platform;
  /** Called with why it waits, whenever that changes. */
  readonly report: (error: EsError) => void;
  /** Whether it waits although an error is not retriable: somebody else mends that. */
  readonly othersMend?: boolean;
  /** Ends the waiting. */
  readonly signal: AbortSignal;
}

/**
 * Does something as soon as what it needs is there: again and again, later each time, while it fails with a retriable error;
 * undefined when the signal came first.
 */
export const untilAvailable = async <T>(
  { platform, report, signal, othersMend = false }: Patience,
  action: () => Promise<T>,
): Promise<T | undefined> => {
  let reported = '';
  for (let failures = 0; !signal.aborted; failures += 1) {
    try {
      return await action();
    } catch (error) {
      if (!(error instanceof EsError) || !(error.retriable || othersMend)) throw error;
      if (error.message !== reported) report(error);
      reported = error.message;
    }
    await pause(platform, Math.min(MAX_RETRY_AFTER_MS, RETRY_AFTER_MS * 2 ** failures));
  }
  return undefined;
};
