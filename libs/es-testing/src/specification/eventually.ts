import { setTimeout as sleep } from 'node:timers/promises';

export interface Patience {
  /** 20,000 unless said otherwise: it is for what does not come, not for a machine that is busy. */
  readonly timeoutMs?: number;
  /** How often it looks; 5 unless said otherwise. */
  readonly everyMs?: number;
}

/** Repeats the assertion until it passes, and answers what it answered. @throws with the last failure when time is up. */
export const eventually = async <T>(
  assertion: () => T | Promise<T>,
  { timeoutMs = 20_000, everyMs = 5 }: Patience = {},
): Promise<T> => {
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    try {
      return await assertion();
    } catch (cause) {
      if (performance.now() >= deadline) throw stillFailing(timeoutMs, cause);
      await sleep(everyMs);
    }
  }
};

const stillFailing = (timeoutMs: number, cause: unknown): Error => {
  const last = typeof cause === 'object' && cause !== null && 'message' in cause ? cause.message : cause;
  return new Error(`still failing after ${timeoutMs} ms: ${String(last)}`, { cause });
};
