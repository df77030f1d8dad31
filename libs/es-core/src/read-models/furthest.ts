import type { Positions, StoredDocument } from './read-model-store.port.js';

/** The furthest positions of what was given to it, for stores to answer `furthest` with. */
export class Furthest {
  readonly #positions: Record<string, number> = {};

  get positions(): Positions {
    return this.#positions;
  }

  take({ positions, parked }: Pick<StoredDocument, 'positions' | 'parked'>): void {
    this.#takeAll(positions);
    if (parked) this.#takeAll(parked.missed);
  }

  #takeAll(positions: Positions): void {
    for (const [key, ordinal] of Object.entries(positions))
      this.#positions[key] = Math.max(this.#positions[key] ?? 0, ordinal);
  }
}
