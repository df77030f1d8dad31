import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { type Socket } from 'node:net';

export interface GuardedOptions {
  readonly program: string;
  readonly args: readonly string[];
  /** The file that what it prints is added to. */
  readonly log: string;
}

/** A child that does not outlive this process, even when this process is killed. */
export class GuardedProcess {
  readonly #child: ChildProcess;
  readonly #ended: Promise<unknown>;
  readonly #guard: ChildProcess | undefined;

  constructor({ program, args, log }: GuardedOptions) {
    const output = openSync(log, 'a');
    this.#child = spawn(program, args, { stdio: ['ignore', output, output] });
    closeSync(output);
    this.#guard = this.#child.pid === undefined ? undefined : startGuard(this.#child.pid);
    this.#ended = once(this.#child, 'exit').finally(() => this.#guard?.kill('SIGKILL'));
    this.#ended.catch(() => undefined); // It could not be started: `isRunning` says so.
    this.#child.unref();
  }

  get isRunning(): boolean {
    return this.#child.pid !== undefined && this.#child.exitCode === null && this.#child.signalCode === null;
  }

  send(signal: NodeJS.Signals): void {
    if (!this.isRunning) throw new Error(`${this.#child.spawnfile} does not run`);
    this.#child.kill(signal);
  }

  /** Resolves when it is gone; harmless when it has ended already. */
  async kill(): Promise<void> {
    if (!this.isRunning) return;
    this.#child.ref();
    this.#child.kill('SIGKILL');
    await this.#ended;
  }
}

/** Reads from this process until there is nothing more to come, which is when this process has ended, however it did. */
const startGuard = (pid: number): ChildProcess => {
  const script = 'read -r nothing; kill -9 "$1"';
  const guard = spawn('/bin/sh', ['-c', script, 'guard', `${pid}`], {
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  guard.unref();
  (guard.stdin as Socket).unref();
  return guard;
};
