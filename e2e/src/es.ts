import { type ChildProcessByStdio, spawn } from 'node:child_process';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import type { Body } from './http.js';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

export interface EsEnd {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** The command line, running as `npm run -s es --` runs it. */
export class Es {
  readonly ended: Promise<EsEnd>;
  readonly #child: ChildProcessByStdio<null, Readable, Readable>;

  constructor(env: Readonly<Record<string, string | undefined>>, args: readonly string[]) {
    this.#child = spawn(process.execPath, ['scripts/es.mjs', ...args], {
      cwd: ROOT,
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let stdout = '';
    let stderr = '';
    this.#child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
    this.#child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
    this.ended = new Promise((resolve, reject) => {
      this.#child.once('error', reject);
      this.#child.once('close', (code) => resolve({ code, stdout, stderr }));
    });
  }

  kill(): void {
    this.#child.kill('SIGKILL');
  }

  /** Nobody reads any more, as behind `| head`. */
  stopReading(): void {
    this.#child.stdout.destroy();
  }
}

/** Runs it to its end. */
export const es = (env: Readonly<Record<string, string | undefined>>, ...args: string[]): Promise<EsEnd> =>
  new Es(env, args).ended;

/** What `--json` prints: exactly one object, whatever the outcome. */
export const jsonOf = (stdout: string): Body => {
  expect(stdout.trimEnd().split('\n')).toHaveLength(1);
  return JSON.parse(stdout) as Body;
};

/** Runs it to an end that must be a good one, and answers what it printed. */
export const esJson = async <T = Body>(
  env: Readonly<Record<string, string | undefined>>,
  ...args: string[]
): Promise<T> => {
  const { code, stdout, stderr } = await es(env, ...args, '--json');
  expect([code, stderr]).toEqual([0, expect.not.stringContaining('es: ')]);
  return jsonOf(stdout) as T;
};
