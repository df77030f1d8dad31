import { setTimeout } from 'node:timers/promises';

const LOOK_EVERY_MS = 25;

/** Looks again and again until `exists` or `waitMs` have passed; answers which of both it was. */
export const untilItExists = async (exists: () => boolean, waitMs: number): Promise<boolean> => {
  const until = Date.now() + waitMs;
  while (!exists()) {
    if (Date.now() >= until) return false;
    await setTimeout(LOOK_EVERY_MS);
  }
  return true;
};
