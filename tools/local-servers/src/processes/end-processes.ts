import { until } from './until.js';

const KILLED_WITHIN_MS = 5_000;

/**
 * Ends all processes that `find` finds: SIGTERM, and SIGKILL for those that it still finds after that many milliseconds.
 * False when some are there even then.
 */
export const endProcesses = async (find: () => Promise<number[]>, within: number): Promise<boolean> => {
  const allGone = async (): Promise<boolean> => (await find()).length === 0;
  send(await find(), 'SIGTERM');
  if (await until(allGone, within)) return true;
  send(await find(), 'SIGKILL');
  return until(allGone, KILLED_WITHIN_MS);
};

const send = (pids: readonly number[], signal: NodeJS.Signals): void => {
  for (const pid of pids) sendTo(pid, signal);
};

const sendTo = (pid: number, signal: NodeJS.Signals): void => {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error; // It ended by itself, which is what was wanted.
  }
};
