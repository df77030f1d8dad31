import { describe, expect, it } from '@jest/globals';
import type { ReactorState } from '@ledgerline/es-core/adapter';
import { TopicProgress } from '@ledgerline/es-core/runtime';
import { memoryReactorProgress } from '../memory/memory-reactor-progress.js';

const KEY = 'test.events/0';
const state = (ordinal: number, logId = 'l'): ReactorState => ({
  ...{ logId, ordinal, head: `h${ordinal}`, headOffset: ordinal, time: '' },
});

describe('the progress of the reactors of a service in one topic', () => {
  const reading = (place: ReturnType<typeof memoryReactorProgress>, ...reactors: readonly string[]): TopicProgress =>
    new TopicProgress({ logId: 'l', reactors, places: [place] });
  const ordinals = async (progress: TopicProgress, ...reactors: readonly string[]) =>
    await Promise.all(reactors.map(async (name) => (await progress.of(name).load())[KEY]?.ordinal));

  it('is that of each one by itself, and what all have dealt with for releases that know one only', async () => {
    const place = memoryReactorProgress();
    const progress = reading(place, 'a', 'b');
    await progress.of('a').save({ [KEY]: state(7) });
    await progress.of('b').save({ [KEY]: state(3) });
    await progress.of('a').save({ [KEY]: state(9) });
    expect(await place.load()).toEqual({ [KEY]: { ...state(3), reactors: { a: state(9), b: state(3) } } });
    expect(await ordinals(reading(place, 'a', 'b', 'c'), 'a', 'b', 'c')).toEqual([9, 3, undefined]);
  });

  it('is taken over by all that there are where none has its own, and by none that comes later', async () => {
    const place = memoryReactorProgress({ [KEY]: state(5) });
    const first = reading(place, 'a', 'b');
    expect(await ordinals(first, 'a', 'b')).toEqual([5, 5]);
    // One of them saves, and the process is killed.
    await first.of('a').save({ [KEY]: state(6) });
    expect(await ordinals(reading(place, 'a', 'b', 'c'), 'a', 'b', 'c')).toEqual([6, 5, undefined]);
  });

  it('is taken over from the index where older releases kept it', async () => {
    const place = memoryReactorProgress();
    const earlier = memoryReactorProgress({ [KEY]: state(5) });
    const progress = new TopicProgress({ logId: 'l', reactors: ['a', 'b'], places: [place], earlier });
    expect(await ordinals(progress, 'a', 'b')).toEqual([5, 5]);
    await progress.of('b').save({ [KEY]: state(8) });
    const next = new TopicProgress({ logId: 'l', reactors: ['a', 'b', 'c'], places: [place], earlier });
    expect(await ordinals(next, 'a', 'b', 'c')).toEqual([5, 8, undefined]);
  });

  it('is the furthest of each that any place has kept, of this log only', async () => {
    const [here, there] = [memoryReactorProgress(), memoryReactorProgress()];
    await reading(here, 'a', 'b')
      .of('a')
      .save({ [KEY]: state(4) });
    await reading(there, 'a', 'b')
      .of('a')
      .save({ [KEY]: state(2) });
    await reading(there, 'a', 'b')
      .of('b')
      .save({ [KEY]: state(6) });
    const another = memoryReactorProgress({ [KEY]: { ...state(99, 'x'), reactors: { a: state(99, 'x') } } });
    const progress = new TopicProgress({ logId: 'l', reactors: ['a', 'b'], places: [here, another, there] });
    expect(await ordinals(progress, 'a', 'b')).toEqual([4, 6]);
  });

  it('of a reactor that is not there for a while is kept', async () => {
    const place = memoryReactorProgress();
    await reading(place, 'a', 'b')
      .of('b')
      .save({ [KEY]: state(3) });
    const without = reading(place, 'a');
    await without.of('a').load();
    await without.of('a').save({ [KEY]: state(8) });
    expect(await ordinals(reading(place, 'a', 'b'), 'a', 'b')).toEqual([8, 3]);
  });
});
