import { execFile } from 'node:child_process';

export interface ProgramEnd {
  /** Undefined when there is no such program. */
  readonly code: number | undefined;
  readonly stdout: string;
  /** What it said, on either stream. */
  readonly output: string;
}

/** Runs a program to its end. */
export const runProgram = (program: string, args: readonly string[]): Promise<ProgramEnd> =>
  new Promise((resolve, reject) => {
    execFile(program, args, { env: process.env, maxBuffer: 16 * 1024 * 1024 }, (error, stdout, stderr) => {
      const output = `${stdout}${stderr}`.trim();
      if (error === null) resolve({ code: 0, stdout, output });
      else if (error.code === 'ENOENT') resolve({ code: undefined, stdout, output });
      else if (typeof error.code === 'number') resolve({ code: error.code, stdout, output });
      else reject(new Error(`${program} could not be run`, { cause: error }));
    });
  });
