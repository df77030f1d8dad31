import type { ChainReader, Progress } from '../chain/chain-reader.js';

/** So many commits, and so many characters of their records' values. */
export interface ReadAmount {
  readonly commits: number;
  readonly characters: number;
}

const NOTHING: ReadAmount = { commits: 0, characters: 0 };

/**
 * What all who read ahead may hold together, what they deal with included. Where it is spent each still gets a chunk at a time, or
 * nobody would go on.
 */
export class ReadAheadBudget {
  #commits = 0;
  #characters = 0;

  constructor(
    /** Whatever is reached first is enough. */
    private readonly limit: ReadAmount,
  ) {}

  get isSpent(): boolean {
    return this.#commits >= this.limit.commits || this.#characters >= this.limit.characters;
  }

  take({ commits, characters }: ReadAmount): void {
    this.#commits += commits;
    this.#characters += characters;
  }

  giveBack({ commits, characters }: ReadAmount): void {
    this.take({ commits: -commits, characters: -characters });
  }
}

export interface ReadAheadOptions {
  /** Once it has so much it waits until that is taken; whatever is reached first. */
  readonly each: ReadAmount;
  readonly together: ReadAheadBudget;
}

/** A chunk is read when the one before was dealt with. */
export const NOTHING_AHEAD: ReadAheadOptions = { each: NOTHING, together: new ReadAheadBudget(NOTHING) };

/**
 * Reads on while a chunk is dealt with; what came meanwhile is the next one. So whoever is behind gets few large chunks, and
 * whoever is not gets each as it comes.
 */
export class ReadAhead {
  #kept: Progress | undefined;
  #ahead = NOTHING;
  /** Of the chunk that was given out last. */
  #dealtWith = NOTHING;
  #reading: Promise<void> | undefined;

  constructor(
    private readonly reader: ChainReader,
    private readonly options: ReadAheadOptions,
  ) {}

  /**
   * What was read since the last call, whose chunk is done with; as `ChainReader.next`, whose errors come behind what was read
   * before them.
   */
  async next(): Promise<Progress | undefined> {
    this.#giveBackDealtWith();
    if (!this.#kept) await this.#first();
    const kept = this.#kept;
    this.#kept = undefined;
    [this.#dealtWith, this.#ahead] = [this.#ahead, NOTHING];
    if (kept) this.#readOn();
    return kept;
  }

  /** Nothing is read any more, and nothing held, when it resolves. Safe to repeat. */
  async close(): Promise<void> {
    await this.reader.close();
    await Promise.allSettled([this.#reading]);
    this.#giveBackDealtWith();
    this.options.together.giveBack(this.#ahead);
    this.#kept = undefined;
    this.#ahead = NOTHING;
  }

  #giveBackDealtWith(): void {
    this.options.together.giveBack(this.#dealtWith);
    this.#dealtWith = NOTHING;
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
    this.#hold(amountOf(progress));
    this.#readOn();
  }

  #hold(amount: ReadAmount): void {
    const { commits, characters } = this.#ahead;
    this.#ahead = { commits: commits + amount.commits, characters: characters + amount.characters };
    this.options.together.take(amount);
  }

  #readOn(): void {
    const { each, together } = this.options;
    const { commits, characters } = this.#ahead;
    if (this.#reading || commits >= each.commits || characters >= each.characters || together.isSpent) return;
    this.#reading = this.#read();
    this.#reading.catch(() => undefined); // Whoever asks next is told.
  }
}

const amountOf = ({ commits }: Progress): ReadAmount => {
  let characters = 0;
  for (const commit of commits) for (const { value } of commit) characters += value.length;
  return { commits: commits.length, characters };
};
