import { pause, type Platform } from '../platform.js';

const STEP_MS = 100;
const MOST_MS = 10_000;

/** Longer with each attempt, up to ten seconds; in short steps, so that whoever ends it does not wait for a long one. */
export const backOff = async (platform: Platform, attempt: number, isOver: () => boolean): Promise<void> => {
  const ms = Math.min(MOST_MS, STEP_MS * 2 ** attempt);
  for (let left = ms; left > 0 && !isOver(); left -= STEP_MS) await pause(platform, Math.min(left, STEP_MS));
};
