import { randomUUID } from 'node:crypto';
import { link, mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { identityOf, isAlive } from './process-identity.js';

const LOOK_EVERY_MS = 100;
const DONE = 'done';

export interface TurnOptions {
  /** A folder for nothing but this. */
  readonly directory: string;
  /** Called once, when it is another's turn. */
  readonly onWait?: () => void;
}

/**
 * Does something while no other process does so with the same folder. One that was killed in its turn does not block.
 *
 * Turns are files with rising numbers, each holding who has it. A file is made whole or not at all and its number only once,
 * so that of several who find the latest turn over exactly one gets the next. The latest file always stays.
 */
export const inTurn = async <T>({ directory, onWait }: TurnOptions, action: () => Promise<T>): Promise<T> => {
  await mkdir(directory, { recursive: true });
  const turn = await take(directory, onWait);
  try {
    return await action();
  } finally {
    await put(directory, turn, DONE, rename);
  }
};

const take = async (directory: string, onWait?: () => void): Promise<number> => {
  const me = identityOf(process.pid);
  if (me === undefined) throw new Error('this process does not find itself');
  for (let waited = false; ;) {
    const latest = await latestTurn(directory);
    if (latest > 0 && (await isTaken(directory, latest))) {
      if (!waited) onWait?.();
      waited = true;
      await setTimeout(LOOK_EVERY_MS);
    } else if (await claim(directory, latest + 1, me)) return latest + 1;
  }
};

const claim = async (directory: string, turn: number, me: string): Promise<boolean> => {
  try {
    await put(directory, turn, me, link);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
  // A listing may miss files that come and go meanwhile: then this number is an old one.
  const isLatest = (await latestTurn(directory)) === turn;
  const over = isLatest ? (await turnsIn(directory)).filter((other) => other < turn) : [turn];
  await Promise.all(over.map((old) => rm(join(directory, `${old}`), { force: true })));
  return isLatest;
};

const isTaken = async (directory: string, turn: number): Promise<boolean> => {
  try {
    return isAlive(await readFile(join(directory, `${turn}`), 'utf8'));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    return true; // Removed by whoever has a later one: look again.
  }
};

const turnsIn = async (directory: string): Promise<number[]> =>
  (await readdir(directory)).filter((name) => /^\d+$/.test(name)).map(Number);

const latestTurn = async (directory: string): Promise<number> => Math.max(0, ...(await turnsIn(directory)));

const put = async (
  directory: string,
  turn: number,
  text: string,
  move: (from: string, to: string) => Promise<void>,
): Promise<void> => {
  const whole = join(directory, `${turn}.${randomUUID()}`);
  await writeFile(whole, text);
  try {
    await move(whole, join(directory, `${turn}`));
  } finally {
    await rm(whole, { force: true });
  }
};
