import type { Recorded } from '@ledgerline/es-core';
import { partitionEvents, type ReplayEnd, type ReplayOptions } from './replayed-log.js';

/** The events of all partitions up to the end of each, by recorded time; each partition's own order is kept. */
export async function* eventsInTimeOrder(
  options: ReplayOptions,
  endOf: (key: string) => ReplayEnd,
): AsyncGenerator<Recorded> {
  const partitions = partitionEvents(options, endOf).map((chunks) => new Upcoming(chunks));
  try {
    for (;;) {
      let first: Upcoming | undefined;
      for (const partition of partitions) {
        await partition.fill();
        if (partition.next && (!first?.next || partition.next.context.time < first.next.context.time))
          first = partition;
      }
      const event = first?.take();
      if (!event) return;
      yield event;
    }
  } finally {
    for (const partition of partitions) await partition.close();
  }
}

/** What comes next in one partition. */
class Upcoming {
  #events: readonly Recorded[] = [];
  #taken = 0;
  #ended = false;

  constructor(private readonly chunks: AsyncGenerator<readonly Recorded[]>) {}

  /** Undefined when there is no more, once `fill` has been called. */
  get next(): Recorded | undefined {
    return this.#events[this.#taken];
  }

  async fill(): Promise<void> {
    while (!this.#ended && !this.next) {
      const { done, value } = await this.chunks.next();
      this.#taken = 0;
      this.#ended = done === true;
      this.#events = done ? [] : value;
    }
  }

  take(): Recorded | undefined {
    const event = this.next;
    this.#taken += 1;
    return event;
  }

  async close(): Promise<void> {
    await this.chunks.return(undefined);
  }
}
