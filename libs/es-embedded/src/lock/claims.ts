import { randomUUID } from 'node:crypto';
import { linkSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isRunning, type ProcessIdentity } from './process-identity.js';

/**
 * Takes a lock that at most one running process has: a directory of numbered files, each the claim of the process that it
 * names, of which the last one counts. The next number can be made only once, by the file system; so of several processes that
 * find the last claim dead one gets it, and the last file is never removed, so that no number is given twice.
 *
 * Answers the running process that has the lock, or a function that gives it back.
 */
export const claim = (directory: string, me: ProcessIdentity): ProcessIdentity | (() => void) => {
  for (;;) {
    const last = lastIn(directory);
    const owner = last === 0 ? undefined : ownerIn(pathOf(directory, last));
    if (owner && isRunning(owner)) return owner;
    const mine = last + 1;
    if (!make(directory, mine, me)) continue;
    // Whoever looked before others had taken and given back what it saw may have made a number that is not the last one.
    if (lastIn(directory) === mine) {
      for (const number of numbersIn(directory)) if (number < mine) rmSync(pathOf(directory, number), { force: true });
      return () => write(directory, pathOf(directory, mine), NOBODY);
    }
    rmSync(pathOf(directory, mine), { force: true });
  }
};

const NOBODY = '{}';

const pathOf = (directory: string, number: number): string => join(directory, String(number));

const numbersIn = (directory: string): readonly number[] =>
  readdirSync(directory)
    .filter((name) => /^\d+$/.test(name))
    .map(Number);

const lastIn = (directory: string): number => Math.max(0, ...numbersIn(directory));

/** Undefined for one that was given back, was removed meanwhile, or did not survive the end of the machine. */
const ownerIn = (path: string): ProcessIdentity | undefined => {
  try {
    const owner = JSON.parse(readFileSync(path, 'utf8')) as Partial<ProcessIdentity>;
    return owner.pid === undefined ? undefined : { pid: owner.pid, started: owner.started ?? '' };
  } catch (error) {
    if (error instanceof SyntaxError || isCode(error, 'ENOENT')) return undefined;
    throw error;
  }
};

/** False when the number is taken. Nobody sees a claim that is written half. */
const make = (directory: string, number: number, me: ProcessIdentity): boolean => {
  const draft = join(directory, `draft-${randomUUID()}`);
  writeFileSync(draft, JSON.stringify(me), { flag: 'wx' });
  try {
    linkSync(draft, pathOf(directory, number));
    return true;
  } catch (error) {
    if (isCode(error, 'EEXIST')) return false;
    throw error;
  } finally {
    rmSync(draft, { force: true });
  }
};

const write = (directory: string, path: string, text: string): void => {
  const draft = join(directory, `draft-${randomUUID()}`);
  writeFileSync(draft, text, { flag: 'wx' });
  renameSync(draft, path);
};

const isCode = (error: unknown, code: string): boolean =>
  error instanceof Error && 'code' in error && error.code === code;
