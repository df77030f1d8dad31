import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';

const COUNT = 15;

/** The end of a log, to be shown with what went wrong. */
export const lastLines = async (log: string): Promise<string> => {
  const lines = existsSync(log) ? (await readFile(log, 'utf8')).trimEnd().split('\n') : [];
  return lines.slice(-COUNT).join('\n');
};
