import { describe, expect, it } from '@jest/globals';
import { inShares } from './shares.js';

const KIB = 1024;

describe('commands in shares', () => {
  const sharesOf = (most: readonly number[], ...sizes: readonly number[]) => {
    const limits = [...most];
    const shares = inShares(
      sizes,
      (size) => size,
      () => limits.shift() ?? 0,
    );
    return [...shares].map(({ items, bytes }) => [items.length, bytes]);
  };

  it('are no more than have room, each counted as no less than a KiB', () => {
    const shares = sharesOf([100 * KIB, 200 * KIB, 100 * KIB], ...Array.from({ length: 350 }, () => 1));
    expect(shares).toEqual([
      [100, 100 * KIB],
      [200, 200 * KIB],
      [50, 50 * KIB],
    ]);
  });

  it('are one command where that has more bytes than there is room', () => {
    expect(sharesOf([10 * KIB, 10 * KIB, 10 * KIB], 9 * KIB, 1, 900 * KIB, 2 * KIB)).toEqual([
      [2, 10 * KIB],
      [1, 900 * KIB],
      [1, 2 * KIB],
    ]);
  });

  it('are read one after the other, as they are wanted', () => {
    let read = 0;
    const sizes = function* () {
      for (; read < 10_000; read += 1) yield 1;
    };
    const room = (): number => 100 * KIB;
    inShares(sizes(), (size) => size, room).next();
    expect(read).toBe(100);
    expect(sharesOf([])).toEqual([]);
  });
});
