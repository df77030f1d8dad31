import { setTimeout as pause } from 'node:timers/promises';
import { factsOf, type Log, type LogFacts } from '../../logging/log.js';
import { takeFailure } from './take-failure.js';

const AGAIN_AFTER_MS = 1_000;

export interface SessionSteps {
  open(): Promise<void>;
  /** Closes what is open, or is being opened. Never rejects. */
  close(): Promise<void>;
}

/** Opens something, and opens it again whenever it could not be opened or broke, until it is ended. */
export class Sessions {
  readonly #ending = new AbortController();
  readonly #ended = new Promise<void>((resolve) =>
    this.#ending.signal.addEventListener('abort', () => resolve(), { once: true }),
  );
  #running: Promise<void> = Promise.resolve();
  #break: (error: unknown) => void = () => undefined;
  #reported = '';

  constructor(
    private readonly steps: SessionSteps,
    private readonly facts: LogFacts,
    private readonly log: Log,
  ) {}

  begin(): void {
    this.#running = this.#run();
  }

  /** What was opened does not work any more. */
  broken(error: unknown): void {
    this.#break(error);
  }

  async end(): Promise<void> {
    this.#ending.abort();
    await this.steps.close();
    await this.#running;
  }

  async #run(): Promise<void> {
    const { signal } = this.#ending;
    while (!signal.aborted) {
      await this.#one(signal).catch((error: unknown) => this.#report(error));
      await this.steps.close();
      await pause(AGAIN_AFTER_MS, undefined, { signal }).catch(() => undefined); // Ended meanwhile.
    }
  }

  async #one(signal: AbortSignal): Promise<void> {
    const broken = new Promise<never>((_, reject) => (this.#break = reject));
    broken.catch(() => undefined); // Whoever waits for it is told.
    await this.steps.open();
    // It may have broken while it was being opened.
    await Promise.race([broken, Promise.resolve()]);
    if (!signal.aborted) this.#opened();
    await Promise.race([broken, this.#ended]);
  }

  #opened(): void {
    this.#reported = '';
    this.log.info('commands-taken', this.facts);
  }

  /** The same trouble over and over is told once. */
  #report(error: unknown): void {
    const failure = takeFailure(error);
    if (this.#ending.signal.aborted || failure.message === this.#reported) return;
    this.#reported = failure.message;
    this.log[failure.retriable ? 'warn' : 'error']('commands-not-taken', { ...this.facts, ...factsOf(failure) });
  }
}
