import { type FileHandle, mkdir, open } from 'node:fs/promises';
import { dirname } from 'node:path';

interface Waiting {
  readonly line: string;
  resolve(): void;
  reject(error: unknown): void;
}

/**
 * A file that only grows, a line at a time. What `append` has acknowledged is on disk; lines that come together are
 * flushed together.
 */
export class DurableLines {
  #waiting: Waiting[] = [];
  #flushing: Promise<void> | undefined;

  private constructor(private readonly file: FileHandle) {}

  /** Opens the file, making it where there is none, and answers the lines it holds. A line that a kill cut short is removed. */
  static async open(path: string): Promise<{ readonly file: DurableLines; readonly lines: readonly string[] }> {
    await mkdir(dirname(path), { recursive: true });
    const file = await open(path, 'a+');
    const content = await file.readFile();
    const whole = content.lastIndexOf('\n') + 1;
    if (whole < content.length) await file.truncate(whole);
    const lines = content.subarray(0, whole).toString().split('\n').filter(Boolean);
    return { file: new DurableLines(file), lines };
  }

  /** Resolves when the line is on disk. `line` holds no line break. */
  append(line: string): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ line, resolve, reject });
      this.#flushing ??= this.#flush();
    });
  }

  async close(): Promise<void> {
    await this.#flushing;
    await this.file.close();
  }

  async #flush(): Promise<void> {
    while (this.#waiting.length > 0) {
      const batch = this.#waiting.splice(0);
      try {
        await this.file.appendFile(batch.map(({ line }) => `${line}\n`).join(''));
        await this.file.datasync();
        for (const { resolve } of batch) resolve();
      } catch (error) {
        for (const { reject } of batch) reject(error);
      }
    }
    this.#flushing = undefined;
  }
}
