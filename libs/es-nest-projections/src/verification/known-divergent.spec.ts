import { type KnownDivergent, knownAfter } from './known-divergent.js';
import type { Verification } from './verification.js';

const collection = 'parcel-page-r1-g1';
const sample = { percent: 1, seed: 'seed' };

const known = (count: number, ...ids: readonly string[]): KnownDivergent => ({ collection, ids: new Set(ids), count });
const found = (
  divergentCount: number,
  ...ids: readonly string[]
): Pick<Verification, 'divergent' | 'divergentCount'> => ({
  divergent: ids.map((id) => ({ id, problem: 'different' })),
  divergentCount,
});

describe('what is known to differ after a check', () => {
  it('is what a check of all documents found', () => {
    expect(knownAfter(known(9, 'a', 'b'), found(3, 'c', 'd'))).toEqual(known(3, 'c', 'd'));
    const all = { percent: 100, seed: 'seed' };
    expect(knownAfter(known(9, 'a', 'b'), { ...found(1, 'c'), sample: all })).toEqual(known(1, 'c'));
  });

  it('is what a sample found, and what was counted before and not looked at', () => {
    expect(knownAfter(known(2, 'a', 'b'), { ...found(2, 'b', 'c'), sample })).toEqual(known(2, 'b', 'c'));
    expect(knownAfter(known(5, 'a', 'b'), { ...found(1, 'b'), sample })).toEqual(known(4, 'b'));
    expect(knownAfter(known(5, 'a'), { ...found(0), sample })).toEqual(known(4));
  });

  it('is all that was known where a sample does not list all that it found', () => {
    expect(knownAfter(known(2, 'a', 'b'), { ...found(4, 'b', 'c'), sample })).toEqual(known(4, 'a', 'b', 'c'));
    expect(knownAfter(known(9, 'a'), { ...found(3, 'b'), sample })).toEqual(known(9, 'a', 'b'));
  });
});
