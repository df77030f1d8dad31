import { parsePosition, partitionKey } from '@ledgerline/es-core';

type Ordinals = ReadonlyMap<string, number>;

/** The `X-Position` of one read model at one process, which never goes back from one answer to a question asked after it. */
export class PositionWatch {
  readonly #furthest = new Map<string, number>();

  /** Before a question is asked: answers of now are not to be fallen behind by its own. */
  get furthest(): Ordinals {
    return new Map(this.#furthest);
  }

  /** Takes an answer's position, and says where it is behind what it must not fall behind. */
  wentBack(position: string, before: Ordinals): readonly string[] {
    const back: string[] = [];
    for (const [key, ordinal] of ordinalsIn(position)) {
      const least = before.get(key) ?? 0;
      if (ordinal < least) back.push(`${key} went back from ${least} to ${ordinal}`);
      this.#furthest.set(key, Math.max(ordinal, this.#furthest.get(key) ?? 0));
    }
    return back;
  }
}

export const ordinalsIn = (positions: string): Ordinals =>
  new Map(
    positions.split(',').map((text) => {
      const position = parsePosition(text);
      if (!position) throw new Error(`${text} is not a position`);
      return [partitionKey(position.topic, position.partition), position.ordinal];
    }),
  );
