import type { InstanceAddress } from '@ledgerline/es-core/adapter';
import { simulatedTime, type SimulatedPlatform } from '@ledgerline/es-testing';
import { PreferredPartitions } from './preferred-partitions.js';

const address = (token: string): InstanceAddress => ({ url: `http://${token}`, token });

describe('the partitions that an instance is the preferred writer of', () => {
  let time: SimulatedPlatform;
  let term: number | undefined;
  let holders: string[];
  let listener: () => void;
  let caughtUp: string[];
  let fails: boolean;
  let changes: number;
  let partitions: PreferredPartitions;

  beforeEach(() => {
    time = simulatedTime({ seed: 1 });
    term = undefined;
    holders = [];
    caughtUp = [];
    fails = false;
    changes = 0;
    partitions = new PreferredPartitions({
      instances: {
        get term() {
          return term;
        },
        held: () => holders.flatMap((holder, partition) => (holder === 'me' ? [partition] : [])),
        holder: (_topic, partition) => (holders[partition] === undefined ? undefined : address(holders[partition])),
        onChange: (added) => {
          listener = added;
          return () => (listener = () => undefined);
        },
      },
      ...{ topic: 'counters.events', partitions: 2, token: 'me', platform: time },
      catchUp: (partition) => {
        caughtUp.push(`${partition}@${term}`);
        return fails ? Promise.reject(new Error('closed')) : Promise.resolve();
      },
      onTrouble: () => undefined,
      onChange: () => (changes += 1),
    });
  });
  afterEach(() => partitions.close());

  const given = (newTerm: number | undefined, ...newHolders: string[]): void => {
    term = newTerm;
    if (newHolders.length > 0) holders = newHolders;
    listener();
  };
  const mine = (): number[] => [0, 1].filter((partition) => partitions.isMine(partition));

  it('are all at once those of the only one, when it has folded them', async () => {
    given(1, 'me', 'me');
    expect(mine()).toEqual([]);
    await time.advance(0);
    expect({ mine: mine(), caughtUp }).toEqual({ mine: [0, 1], caughtUp: ['0@1', '1@1'] });
    expect(changes).toBeGreaterThan(1);
  });

  it('are those that it holds, when what others were still writing has ended', async () => {
    given(1, 'other', 'me');
    await time.advance(1_400);
    expect({ mine: mine(), caughtUp }).toEqual({ mine: [], caughtUp: [] });
    await time.advance(200);
    expect({ mine: mine(), caughtUp }).toEqual({ mine: [1], caughtUp: ['1@1'] });
    // The other one has gone, and what it wrote at last may still be on its way.
    given(2, 'me', 'me');
    await time.advance(1_400);
    expect(mine()).toEqual([]);
    await time.advance(200);
    expect(mine()).toEqual([0, 1]);
    given(3, 'me', 'me');
    await time.advance(0);
    expect(mine()).toEqual([0, 1]);
  });

  it('are none as soon as that is not certain, and are folded again after the least gap', async () => {
    given(1, 'me', 'me');
    await time.advance(0);
    term = undefined;
    expect(mine()).toEqual([]);
    term = 2;
    expect(mine()).toEqual([]);
    given(2);
    await time.advance(0);
    expect({ mine: mine(), caughtUp: caughtUp.slice(2) }).toEqual({ mine: [0, 1], caughtUp: ['0@2', '1@2'] });
  });

  it('are none when they could not be folded, until they could', async () => {
    fails = true;
    given(1, 'me', 'other');
    await time.advance(2_000);
    expect(mine()).toEqual([]);
    fails = false;
    await time.advance(1_000);
    expect(mine()).toEqual([0]);
  });

  it('are looked at again and again: somebody who could not reach this instance may have written there', async () => {
    given(1, 'me', 'other');
    await time.advance(1_500);
    const before = caughtUp.length;
    await time.advance(3_000);
    expect(caughtUp.slice(before)).toEqual(['0@1', '0@1', '0@1']);
  });

  it('are none when it has left', async () => {
    given(1, 'me', 'me');
    await time.advance(0);
    partitions.close();
    expect(mine()).toEqual([]);
    const before = caughtUp.length;
    await time.advance(5_000);
    expect(caughtUp).toHaveLength(before);
    expect(partitions.holder(1)).toEqual(address('me'));
  });
});
