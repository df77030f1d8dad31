import cliProgress from 'cli-progress';
import type { ImportProgress } from '../retail/import-progress.js';

const SAY_EVERY_MS = 5_000;

/** On standard error: a bar for a person who watches, else a line now and then. */
export const terminalProgress = (stream: NodeJS.WriteStream = process.stderr): ImportProgress =>
  stream.isTTY ? new BarProgress(stream) : new LineProgress(stream);

class BarProgress implements ImportProgress {
  #bar: cliProgress.SingleBar | undefined;

  constructor(private readonly stream: NodeJS.WriteStream) {}

  phase(name: string, total?: number): void {
    this.stop();
    if (total === undefined || total === 0) return void this.stream.write(`${name} …\n`);
    const format = `${name} {bar} {percentage} %  {value} of {total} commands  {eta_formatted} left`;
    this.#bar = new cliProgress.SingleBar({ format, stream: this.stream, clearOnComplete: false, fps: 5 });
    this.#bar.start(total, 0);
  }

  advance(count: number): void {
    this.#bar?.increment(count);
  }

  stop(): void {
    this.#bar?.stop();
    this.#bar = undefined;
  }
}

class LineProgress implements ImportProgress {
  #name = '';
  #total = 0;
  #done = 0;
  #said = 0;

  constructor(private readonly stream: NodeJS.WriteStream) {}

  phase(name: string, total = 0): void {
    this.#name = name;
    this.#total = total;
    this.#done = 0;
    this.#said = Date.now();
    this.stream.write(total > 0 ? `${name}: ${total} commands\n` : `${name}\n`);
  }

  advance(count: number): void {
    this.#done += count;
    if (Date.now() - this.#said < SAY_EVERY_MS) return;
    this.#said = Date.now();
    this.stream.write(`${this.#name}: ${this.#done} of ${this.#total} commands\n`);
  }

  stop(): void {}
}
