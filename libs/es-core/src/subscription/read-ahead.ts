import type { ChainReader, Progress } from '../chain/chain-reader.js';

/** Whatever is reached first is enough. */
export interface ReadAheadLimit {
  readonly commits: number;
  /** Of the records' values. */
  readonly characters: number;
}

/**
 * Reads on while a chunk is dealt with; what came meanwhile is the next one. So whoever is behind gets few large chunks, and
 * whoever is not gets each as it comes.
 */
export class ReadAhead {
  #kept: Progress | undefined;
  #characters = 0;
  #reading: Promise<void> | undefined;

  constructor(
    private readonly reader: ChainReader,
    /** Once it has so much it waits until that is taken. */
    private readonly enough: ReadAheadLimit,
  ) {}

  /** What was read since the last call; as `ChainReader.next`, whose errors come behind what was read before them. */
  async next(): Promise<Progress | undefined> {
    if (!this.#kept) await this.#first();
    const kept = this.#kept;
    this.#kept = undefined;
    this.#characters = 0;
    if (kept) this.#readOn();
    return kept;
  }

  /** Nothing is read any more when it resolves. */
  async close(): Promise<void> {
    await this.reader.close();
    await Promise.allSettled([this.#reading]);
  }

  async #first(): Promise<void> {
    this.#reading ??= this.#read();
    try {
      await this.#reading;
    } catch (error) {
      this.#reading = undefined;
      throw error;
    }
  }

  async #read(): Promise<void> {
    const progress = await this.reader.next();
    this.#reading = undefined;
    if (!progress) return;
    this.#kept = { ...progress, commits: [...(this.#kept?.commits ?? []), ...progress.commits] };
    for (const commit of progress.commits) for (const { value } of commit) this.#characters += value.length;
    this.#readOn();
  }

  #readOn(): void {
    const { commits, characters } = this.enough;
    if (this.#reading || (this.#kept?.commits.length ?? 0) >= commits || this.#characters >= characters) return;
    this.#reading = this.#read();
    this.#reading.catch(() => undefined); // Whoever asks next is told.
  }
}
