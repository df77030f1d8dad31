import { seededRandom } from '@ledgerline/es-testing';

/** What a seed decides. */
export class Chance {
  readonly #random: () => number;

  constructor(seed: number) {
    this.#random = seededRandom(seed);
  }

  /** True in so many of a hundred cases. */
  of(percent: number): boolean {
    return this.#random() * 100 < percent;
  }

  /** A whole number, both ends included. */
  between(least: number, most: number): number {
    return least + Math.floor(this.#random() * (most - least + 1));
  }

  among<T>(first: T, ...others: readonly T[]): T {
    return others[this.between(0, others.length) - 1] ?? first;
  }

  /** One that goes its own way from here, whatever is drawn from this one meanwhile. */
  child(): Chance {
    return new Chance(this.between(0, 2 ** 31));
  }
}
