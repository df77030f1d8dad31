import { EventEmitter } from 'node:events';
import type { Position } from '@ledgerline/es-core';
import type { Generations } from '@ledgerline/es-core/generations';

/** How soon it is noticed that the documents are others where nothing is applied meanwhile. */
const LOOK_AGAIN_MS = 5_000;

type Followed = Pick<Generations, 'status' | 'waitFor'>;

/**
 * Emits `applied` whenever the documents have seen more; several changes at once may come as one. Where they see nothing it is
 * emitted every few seconds all the same: a retry, a switch, or another instance may have changed them.
 */
export class ChangeFeed extends EventEmitter<{ applied: [] }> {
  #watches: Promise<void>[] = [];
  #closing = false;

  constructor(private readonly followed: Followed) {
    super();
    this.setMaxListeners(0);
  }

  start(): void {
    this.#watches = this.followed.status().map((place, index) => this.#watch(place, index === 0));
  }

  /** Resolves when nothing is emitted any more: once the generations are closed, too. */
  async close(): Promise<void> {
    this.#closing = true;
    await Promise.all(this.#watches);
  }

  // Only one of the watches looks again: all who follow read again each time.
  async #watch({ topic, partition }: Position, looksAgain: boolean): Promise<void> {
    while (!this.#closing) {
      const position = { topic, partition, ordinal: this.#ordinalOf(topic, partition) + 1 };
      const isApplied = await this.followed.waitFor(position, LOOK_AGAIN_MS);
      if (isApplied || (looksAgain && !this.#closing)) this.emit('applied');
    }
  }

  #ordinalOf(topic: string, partition: number): number {
    return this.followed.status().find((one) => one.topic === topic && one.partition === partition)?.ordinal ?? 0;
  }
}
