import type { ChainReader, Progress } from '../chain/chain-reader.js';

/**
 * Reads on while a chunk is dealt with; what came meanwhile is the next one. So whoever is behind gets few large chunks, and
 * whoever is not gets each as it comes.
 */
export class ReadAhead {
  #kept: Progress | undefined;
  #reading: Promise<void> | undefined;

  constructor(
    private readonly reader: ChainReader,
    /** Once it has so many commits it waits until they are taken. */
    private readonly enough: number,
  ) {}

  /** What was read since the last call; as `ChainReader.next`, whose errors come behind what was read before them. */
  async next(): Promise<Progress | undefined> {
    if (!this.#kept) await this.#first();
    const kept = this.#kept;
    this.#kept = undefined;
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
    this.#readOn();
  }

  #readOn(): void {
    if (this.#reading || (this.#kept?.commits.length ?? 0) >= this.enough) return;
    this.#reading = this.#read();
    this.#reading.catch(() => undefined); // Whoever asks next is told.
  }
}
