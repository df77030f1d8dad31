import type { Projection } from '@ledgerline/es-core';
import type { GenerationsOptions } from '@ledgerline/es-core/generations';
import type { Source } from '@ledgerline/es-core/runtime';
import type { Topics } from '../topics/topics.js';
import { type AnyReadModel, RunningReadModel } from './running-read-model.js';

/** What all read models are opened on. */
export type Shared = Omit<GenerationsOptions, 'projection' | 'sources'>;

/** A read model on its way: it waits for the topics of its projection, then it runs. */
export class ReadModelOpening {
  #running: AnyReadModel | undefined;
  #isOpen = false;
  #done: Promise<void> = Promise.resolve();
  #failure: unknown;

  constructor(
    readonly projection: Projection,
    private readonly topics: Topics,
  ) {}

  /** Undefined while it waits. */
  get opened(): AnyReadModel | undefined {
    return this.#isOpen ? this.#running : undefined;
  }

  /** The topics that it waits for. */
  get awaited(): readonly string[] {
    return this.#names.filter((topic) => this.topics.awaited(topic));
  }

  /** What kept it from opening once its topics were there, after `begin` had resolved. */
  get failure(): unknown {
    return this.#failure;
  }

  /** Resolves when it is open, or known to wait. `patiently` waits for the store. @throws what keeps it from opening meanwhile. */
  async begin(shared: Shared, patiently: (start: () => Promise<void>) => Promise<void>): Promise<void> {
    const opening = this.#open(shared, patiently);
    this.#done = opening.catch((error: unknown) => void (this.#failure = error));
    const lookedFor = Promise.all(this.#names.map((topic) => this.topics.lookedFor(topic)));
    await lookedFor;
    if (this.awaited.length === 0) await opening;
  }

  /** Once the waiting for topics and the store was ended. */
  async close(): Promise<void> {
    await this.#done;
    await this.#running?.close();
  }

  get #names(): readonly string[] {
    return this.projection.from.map(({ topic }) => topic);
  }

  async #open(shared: Shared, patiently: (start: () => Promise<void>) => Promise<void>): Promise<void> {
    const found = await Promise.all(this.#names.map((topic) => this.topics.open(topic)));
    const sources = found.flatMap((source): readonly Source[] => (source ? [source] : []));
    if (sources.length < found.length) return;
    const running = new RunningReadModel<object>({ ...shared, projection: this.projection, sources });
    this.#running = running;
    let isStarted = false;
    await patiently(async () => {
      await running.start();
      isStarted = true;
    });
    this.#isOpen = isStarted;
  }
}
