import fc from 'fast-check';
import { assign, type Claimant, type GroupTopic, type Partitions } from './assignor.js';

const TOPICS: readonly GroupTopic[] = [
  { topic: 'parcels', partitions: 4 },
  { topic: 'stamps', partitions: 4 },
];
const fresh = (...ids: string[]): Claimant[] => ids.map((memberId) => ({ memberId, owned: {} }));
const again = (given: ReadonlyMap<string, Partitions>): Claimant[] =>
  [...given].map(([memberId, owned]) => ({ memberId, owned }));
const kept = (before: ReadonlyMap<string, Partitions>, after: ReadonlyMap<string, Partitions>): number =>
  [...before].flatMap(([id, owned]) =>
    Object.entries(owned).flatMap(([topic, list]) => list.filter((one) => after.get(id)?.[topic]?.includes(one))),
  ).length;

describe('the assignor', () => {
  it('gives everything to one, and half to each of two', () => {
    expect(assign(fresh('a'), TOPICS)).toEqual(new Map([['a', { parcels: [0, 1, 2, 3], stamps: [0, 1, 2, 3] }]]));
    const two = assign(fresh('b', 'a'), TOPICS);
    expect([...two.values()].map(({ parcels, stamps }) => [parcels?.length, stamps?.length])).toEqual([
      [2, 2],
      [2, 2],
    ]);
  });

  it('moves only what has to move when one comes, and when one goes', () => {
    const one = assign(fresh('m'), TOPICS);
    const two = assign([...again(one), ...fresh('a')], TOPICS);
    expect(kept(one, two)).toBe(4);
    const three = assign([...fresh('z'), ...again(two)], TOPICS);
    expect(kept(two, three)).toBe(6);
    const without = assign(
      again(three).filter(({ memberId }) => memberId !== 'm'),
      TOPICS,
    );
    expect(kept(new Map([...three].filter(([id]) => id !== 'm')), without)).toBe(
      8 - (three.get('m')?.['parcels']?.length ?? 0) - (three.get('m')?.['stamps']?.length ?? 0),
    );
  });

  it('evens out over the topics what is not even within them', () => {
    const given = assign(fresh('a', 'b', 'c'), [
      { topic: 'x', partitions: 1 },
      { topic: 'y', partitions: 1 },
      { topic: 'z', partitions: 1 },
    ]);
    expect([...given.values()].map((owned) => Object.values(owned).flat().length)).toEqual([1, 1, 1]);
  });

  it('gives nothing to nobody', () => {
    expect(assign([], TOPICS).size).toBe(0);
  });

  const members = fc.uniqueArray(
    fc.record({
      memberId: fc.string({ minLength: 1, maxLength: 3 }),
      // Also what is claimed twice, or does not exist any more.
      owned: fc.dictionary(fc.constantFrom('parcels', 'stamps', 'gone'), fc.array(fc.nat(9), { maxLength: 6 })),
    }),
    { selector: ({ memberId }) => memberId, minLength: 1, maxLength: 6 },
  );
  const topics = fc.uniqueArray(
    fc.record({ topic: fc.constantFrom('parcels', 'stamps', 'returns'), partitions: fc.integer({ min: 1, max: 9 }) }),
    { selector: ({ topic }) => topic },
  );

  it('gives every partition to exactly one, evenly, whoever claims what, and the same in every order', () => {
    fc.assert(
      fc.property(members, topics, (claimants, wanted) => {
        const given = assign(claimants, wanted);
        for (const { topic, partitions } of wanted) {
          const lists = [...given.values()].map((owned) => owned[topic] ?? []);
          expect(lists.flat().sort((a, b) => a - b)).toEqual(Array.from({ length: partitions }, (_, index) => index));
          const counts = lists.map((list) => list.length);
          expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(1);
        }
        expect(assign([...claimants].reverse(), [...wanted].reverse())).toEqual(given);
      }),
    );
  });

  it('changes nothing when nobody came or went', () => {
    fc.assert(
      fc.property(members, topics, (claimants, wanted) => {
        const given = assign(claimants, wanted);
        expect(assign(again(given), wanted)).toEqual(given);
      }),
    );
  });
});
