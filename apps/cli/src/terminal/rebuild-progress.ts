import cliProgress from 'cli-progress';
import type { Generation } from '../progress/readers.js';

export interface RebuildProgress {
  say(generation: Generation): void;
  stop(): void;
}

const SAY_EVERY_MS = 5_000;

/** On standard error: a bar for a person who watches, else a line now and then. */
export const rebuildProgress = (stream: NodeJS.WriteStream = process.stderr): RebuildProgress =>
  stream.isTTY ? new BarProgress(stream) : new LineProgress(stream);

const leftOf = ({ progress }: Generation): string =>
  progress?.secondsLeft === undefined ? '' : `, ${progress.secondsLeft} s left`;

class BarProgress implements RebuildProgress {
  readonly #bar: cliProgress.SingleBar;

  constructor(stream: NodeJS.WriteStream) {
    const format = 'filling {bar} {percentage} %  {rate} events/s{left}';
    this.#bar = new cliProgress.SingleBar({ format, stream, clearOnComplete: false, fps: 5 });
    this.#bar.start(100, 0, { rate: 0, left: '' });
  }

  say(generation: Generation): void {
    const { percent = 0, eventsPerSecond = 0 } = generation.progress ?? {};
    this.#bar.update(percent, { rate: eventsPerSecond, left: leftOf(generation) });
  }

  stop(): void {
    this.#bar.stop();
  }
}

class LineProgress implements RebuildProgress {
  #said = 0;

  constructor(private readonly stream: NodeJS.WriteStream) {}

  say(generation: Generation): void {
    if (Date.now() - this.#said < SAY_EVERY_MS) return;
    this.#said = Date.now();
    const { percent = 0, eventsPerSecond = 0 } = generation.progress ?? {};
    this.stream.write(`filling: ${percent} %, ${eventsPerSecond} events/s${leftOf(generation)}\n`);
  }

  stop(): void {}
}
