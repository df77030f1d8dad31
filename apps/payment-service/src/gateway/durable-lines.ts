import { type FileHandle, mkdir, open } from 'node:fs/promises';
import { dirname } from 'node:path';

interface Waiting {
  readonly line: string;
  resolve(): void;
  reject(error: unknown): void;
}

/** Written at once, so that lines of several processes never run into each other. */
const MOST_BYTES = 64 * 1024;
const LINE_BREAK = '\n';

/**
 * A file that only grows, a line at a time, by any number of processes. What `append` has acknowledged is on disk; lines that
 * come together are flushed together. A line that a kill cut short stays as it is, and no other line runs into it: what is
 * written begins with a line break too, and empty lines are none.
 */
export class DurableLines {
  #waiting: Waiting[] = [];
  #flushing: Promise<void> | undefined;
  #position = 0;
  #reading: Promise<unknown> = Promise.resolve();
  #nextRead: Promise<readonly string[]> | undefined;

  private constructor(private readonly file: FileHandle) {}

  /** Opens the file, making it where there is none. */
  static async open(path: string): Promise<DurableLines> {
    await mkdir(dirname(path), { recursive: true });
    return new DurableLines(await open(path, 'a+'));
  }

  /** Whole lines that were not answered before, whoever appended them: all that were there at the call. */
  read(): Promise<readonly string[]> {
    this.#nextRead ??= this.#reading.then(() => {
      const reading = this.#readOn();
      this.#nextRead = undefined;
      this.#reading = reading.catch(() => undefined); // Its error is for whoever called.
      return reading;
    });
    return this.#nextRead;
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
    await this.#reading;
    await this.file.close();
  }

  async #readOn(): Promise<readonly string[]> {
    const { size } = await this.file.stat();
    if (size <= this.#position) return [];
    const { buffer, bytesRead } = await this.file.read(Buffer.alloc(size - this.#position), 0, null, this.#position);
    const whole = buffer.lastIndexOf(LINE_BREAK, bytesRead - 1) + 1;
    this.#position += whole;
    return buffer.subarray(0, whole).toString().split(LINE_BREAK).filter(Boolean);
  }

  async #flush(): Promise<void> {
    while (this.#waiting.length > 0) {
      const batch = this.#takeBatch();
      try {
        await this.#write(batch.map(({ line }) => line));
        await this.file.datasync();
        for (const { resolve } of batch) resolve();
      } catch (error) {
        for (const { reject } of batch) reject(error);
      }
    }
    this.#flushing = undefined;
  }

  #takeBatch(): readonly Waiting[] {
    let bytes = 0;
    const count = this.#waiting.findIndex(({ line }) => (bytes += Buffer.byteLength(line) + 1) > MOST_BYTES);
    return this.#waiting.splice(0, count === -1 ? this.#waiting.length : Math.max(1, count));
  }

  async #write(lines: readonly string[]): Promise<void> {
    const bytes = Buffer.from(['', ...lines, ''].join(LINE_BREAK));
    const { bytesWritten } = await this.file.write(bytes);
    if (bytesWritten < bytes.length) throw new Error(`only ${bytesWritten} of ${bytes.length} bytes could be written`);
  }
}
