import { setTimeout } from 'node:timers/promises';

const LOOK_EVERY_MS = 100;

/** Looks again and again until the condition holds; false when it did not within that many milliseconds. */
export const until = async (condition: () => boolean | Promise<boolean>, within: number): Promise<boolean> => {
  const deadline = Date.now() + within;
  while (!(await condition())) {
    if (Date.now() > deadline) return false;
    await setTimeout(LOOK_EVERY_MS);
  }
  return true;
};
