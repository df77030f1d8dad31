import { describe, expect, it } from '@jest/globals';
import { inShares } from './shares.js';

const KIB = 1024;

describe('commands in shares', () => {
  const sharesOf = (...sizes: readonly number[]) =>
    [...inShares(sizes, (size) => size)].map(({ items, bytes }) => [items.length, bytes]);

  it('are at most 256, each counted as no less than a KiB', () => {
    expect(sharesOf(...Array.from({ length: 600 }, () => 1))).toEqual([
      ...[
        [256, 256 * KIB],
        [256, 256 * KIB],
        [88, 88 * KIB],
      ],
    ]);
  });

  it('have at most 256 KiB together, unless one alone has more', () => {
    expect(sharesOf(200 * KIB, 56 * KIB, 1, 900 * KIB, 2 * KIB)).toEqual([
      ...[
        [2, 256 * KIB],
        [1, KIB],
        [1, 900 * KIB],
        [1, 2 * KIB],
      ],
    ]);
  });

  it('are read one after the other, as they are wanted', () => {
    let read = 0;
    const sizes = function* () {
      for (; read < 10_000; read += 1) yield 1;
    };
    inShares(sizes(), (size) => size).next();
    expect(read).toBeLessThan(300);
    expect(sharesOf()).toEqual([]);
  });
});
