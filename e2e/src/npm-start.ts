import { type ChildProcessByStdio, spawn } from 'node:child_process';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { eventually } from '@ledgerline/es-testing';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

export interface StartEnd {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** `npm start`, or the process that npm makes of it. */
export class NpmStart {
  /** Resolves when it is gone, and everything that writes where it wrote. */
  readonly ended: Promise<StartEnd>;
  readonly #child: ChildProcessByStdio<null, Readable, Readable>;
  #stdout = '';
  #stderr = '';

  constructor(
    env: Readonly<Record<string, string | undefined>>,
    [command, ...args]: readonly [string, ...string[]] = [process.execPath, 'scripts/start.mjs'],
  ) {
    this.#child = spawn(command, args, { cwd: ROOT, env, stdio: ['ignore', 'pipe', 'pipe'] });
    this.#child.stdout.on('data', (chunk: Buffer) => (this.#stdout += chunk.toString()));
    this.#child.stderr.on('data', (chunk: Buffer) => (this.#stderr += chunk.toString()));
    this.ended = new Promise((resolve, reject) => {
      this.#child.once('error', reject);
      this.#child.once('close', (code) => resolve({ code, stdout: this.#stdout, stderr: this.#stderr }));
    });
  }

  /** What it has said so far. */
  get stdout(): string {
    return this.#stdout;
  }

  /** Resolves when it says that everything runs. */
  async ready(): Promise<void> {
    const early = this.ended.then(({ stdout, stderr }) => {
      throw new Error(`it ended before it was up:\n${stdout}${stderr}`);
    });
    await Promise.race([early, eventually(() => expect(this.#stdout).toContain('is up'), { timeoutMs: 50_000 })]);
  }

  kill(): void {
    this.#child.kill('SIGKILL');
  }
}
