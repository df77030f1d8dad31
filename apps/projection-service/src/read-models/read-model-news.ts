import { EventEmitter } from 'node:events';
import type { Generations, Position } from '@ledgerline/es-core';

/** How soon it is noticed that another generation answers, where nothing is applied meanwhile. */
const LOOK_AGAIN_MS = 5_000;

type Followed = Pick<Generations<never, never>, 'collection' | 'status' | 'waitFor'>;

/** Says `applied` whenever the documents have seen more, or are others; what happens at once may be told once. */
export class ReadModelNews extends EventEmitter<{ applied: [] }> {
  #watches: Promise<void>[] = [];
  #closing = false;

  constructor(private readonly followed: Followed) {
    super();
    this.setMaxListeners(0);
  }

  start(): void {
    this.#watches = this.followed.status().map((place) => this.#watch(place));
  }

  /** Resolves when nothing is told any more: once the generations are closed, too. */
  async close(): Promise<void> {
    this.#closing = true;
    await Promise.all(this.#watches);
  }

  async #watch({ topic, partition }: Position): Promise<void> {
    while (!this.#closing) {
      const { collection } = this.followed;
      const position = { topic, partition, ordinal: this.#ordinalOf(topic, partition) + 1 };
      const isApplied = await this.followed.waitFor(position, LOOK_AGAIN_MS);
      if (isApplied || (!this.#closing && collection !== this.followed.collection)) this.emit('applied');
    }
  }

  #ordinalOf(topic: string, partition: number): number {
    return this.followed.status().find((one) => one.topic === topic && one.partition === partition)?.ordinal ?? 0;
  }
}
