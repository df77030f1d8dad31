import type { Platform } from '@ledgerline/es-core';
import { pause } from '@ledgerline/es-core/runtime';
import { type Answer, type BoundQuery, run } from '../read-models/query.js';
import type { EventStream, Sighting } from './event-stream.js';

/** A client gets at most ten views a second; what changes more often is sent as it is then. */
const AT_MOST_EVERY_MS = 100;

export interface LiveQueryOptions {
  readonly platform: Platform;
  /** What is sent of an answer. */
  readonly sight: (answer: Answer<unknown>) => Promise<Sighting>;
  /** Called with why the query could not be answered any more; its streams have been ended. */
  readonly onTrouble: (error: unknown) => void;
}

/**
 * One query that clients follow. It is run again when one of its read models has changed, once for all who follow, and never
 * twice at a time.
 */
export class LiveQuery {
  readonly #streams = new Set<EventStream>();
  #due = false;
  #running: Promise<void> | undefined;

  constructor(
    private readonly query: BoundQuery<unknown>,
    private readonly options: LiveQueryOptions,
  ) {}

  get followed(): boolean {
    return this.#streams.size > 0;
  }

  /** From now on the stream is shown every change. */
  join(stream: EventStream): void {
    if (!this.followed) for (const { changes } of this.query.models) changes.on('applied', this.#applied);
    this.#streams.add(stream);
    // Something may have been applied since the stream's first view was seen.
    this.#applied();
  }

  leave(stream: EventStream): void {
    this.#streams.delete(stream);
    if (!this.followed) for (const { changes } of this.query.models) changes.off('applied', this.#applied);
  }

  /** Resolves when it is not being run any more; with nobody following, that is soon. */
  async settled(): Promise<void> {
    await this.#running;
  }

  readonly #applied = (): void => {
    this.#due = true;
    this.#running ??= this.#run();
  };

  async #run(): Promise<void> {
    while (this.#due && this.followed) {
      this.#due = false;
      const began = performance.now();
      await this.#showAll();
      // Reading takes at most half of the time, however much there is to read.
      await pause(this.options.platform, Math.max(AT_MOST_EVERY_MS, performance.now() - began));
    }
    this.#running = undefined;
  }

  async #showAll(): Promise<void> {
    // Who joins from here on may have seen more than what is read now.
    const streams = [...this.#streams];
    try {
      const sighting = await this.options.sight(await run(this.query));
      for (const stream of streams) stream.show(sighting);
    } catch (error) {
      for (const stream of streams) stream.finish();
      this.options.onTrouble(error);
    }
  }
}
