import type { EsError } from '@ledgerline/es-core';
import type { Source } from '@ledgerline/es-core/runtime';
import { closeAll, openUpstreamTopic } from '@ledgerline/es-nest/extension';
import type { Surroundings } from '../module/surroundings.js';

interface Topic {
  /** Undefined where the waiting was ended. */
  readonly opened: Promise<Source | undefined>;
  /** Resolves once the topic was opened, or is known to be awaited. */
  readonly lookedFor: Promise<unknown>;
}

/** The topics that read models are folded from, each opened once, as soon as it is there. */
export class Topics {
  readonly #topics = new Map<string, Topic>();
  readonly #awaited = new Map<string, EsError>();
  readonly #opened: Source[] = [];

  constructor(
    private readonly surroundings: Pick<Surroundings, 'storage' | 'log'>,
    private readonly signal: AbortSignal,
  ) {}

  get opened(): readonly Source[] {
    return this.#opened;
  }

  /** Why a topic is not open yet; undefined where it is, or has not been looked for. */
  awaited(topic: string): EsError | undefined {
    return this.#awaited.get(topic);
  }

  /** Resolves when the topic is there; undefined when the waiting was ended. */
  async open(topic: string): Promise<Source | undefined> {
    return this.#topic(topic).opened;
  }

  async lookedFor(topic: string): Promise<void> {
    await this.#topic(topic).lookedFor;
  }

  /** Once the waiting was ended. */
  async close(): Promise<void> {
    await Promise.allSettled([...this.#topics.values()].map(({ opened }) => opened));
    await closeAll(
      this.#opened.splice(0).map(
        ({ log }) =>
          () =>
            log.close(),
      ),
    );
  }

  #topic(topic: string): Topic {
    const known = this.#topics.get(topic) ?? this.#begin(topic);
    this.#topics.set(topic, known);
    return known;
  }

  #begin(topic: string): Topic {
    const { storage, log } = this.surroundings;
    let isAwaited = (): void => undefined;
    const awaited = new Promise<void>((resolve) => (isAwaited = resolve));
    const onAwaited = (error: EsError): void => {
      this.#awaited.set(topic, error);
      isAwaited();
    };
    const opened = openUpstreamTopic({ topic, storage, log, signal: this.signal, onAwaited }).then((source) => {
      this.#awaited.delete(topic);
      if (source) this.#opened.push(source);
      return source;
    });
    return { opened, lookedFor: Promise.race([opened, awaited]) };
  }
}
