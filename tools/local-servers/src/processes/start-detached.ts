import { spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { type GuardedOptions } from './guarded-process.js';

/** Starts a program that outlives this process. */
export const startDetached = ({ program, args, log }: GuardedOptions): void => {
  const output = openSync(log, 'a');
  spawn(program, args, { detached: true, stdio: ['ignore', output, output] }).unref();
  closeSync(output);
};
