import { closeSync, constants, existsSync, type FSWatcher, openSync, watch, writeSync } from 'node:fs';
import { join } from 'node:path';

/**
 * How the writing process tells others that there is more to read: eight bytes, written to a file that they watch. The
 * file says nothing; what counts is read from the log. Watching the log's own file misses one change in eight.
 */
export const bellOf = (directory: string): string => join(directory, 'bell');

/** The bell is made last, so a log that has one is ready to be read. */
export const bellExists = (directory: string): boolean => existsSync(bellOf(directory));

export class BellRinger {
  readonly #file: number;
  readonly #bytes = Buffer.alloc(8);
  #rings = 0n;
  #due = false;
  #closed = false;

  constructor(directory: string) {
    this.#file = openSync(bellOf(directory), constants.O_CREAT | constants.O_WRONLY);
    this.#write();
  }

  /** Rings once for all appends that are acknowledged together. */
  ring(): void {
    if (this.#due) return;
    this.#due = true;
    queueMicrotask(() => this.#write());
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    closeSync(this.#file);
  }

  #write(): void {
    this.#due = false;
    if (this.#closed) return;
    this.#rings += 1n;
    this.#bytes.writeBigUInt64LE(this.#rings);
    writeSync(this.#file, this.#bytes, 0, 8, 0);
  }
}

/** Calls `heard` after each ring, and every `pollMs` in case the operating system dropped one. */
export class BellListener {
  readonly #watcher: FSWatcher;
  readonly #poll: NodeJS.Timeout | undefined;

  constructor(directory: string, pollMs: number, heard: () => void) {
    this.#watcher = watch(bellOf(directory), heard);
    // A watcher that fails leaves the poll, which is slower but misses nothing.
    this.#watcher.on('error', () => this.#watcher.close());
    if (pollMs > 0) this.#poll = setInterval(heard, pollMs).unref();
  }

  close(): void {
    clearInterval(this.#poll);
    this.#watcher.close();
  }
}
