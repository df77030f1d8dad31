import { describe, expect, it } from '@jest/globals';
import type { Platform } from './platform.js';
import { atOnce, type InSteps, Slices } from './slices.js';

/** Time passes only while something works; timers run in turns of the event loop, one after the other. */
const machine = () => {
  let now = 0;
  const due: (() => void)[] = [];
  const platform: Pick<Platform, 'uptime' | 'setTimer'> = {
    uptime: () => now,
    setTimer: (_ms, run) => {
      due.push(run);
      return () => undefined;
    },
  };
  return {
    platform,
    work: (ms: number) => void (now += ms),
    /** One turn of the loop: how long it took. */
    turn: async (): Promise<number> => {
      const began = now;
      for (const run of due.splice(0)) run();
      await new Promise(setImmediate);
      return now - began;
    },
  };
};

describe('work in slices', () => {
  const stepsOf = function* (name: string, steps: number, done: string[], work: (ms: number) => void): InSteps<string> {
    for (let step = 1; step <= steps; step += 1) {
      work(3);
      done.push(`${name}${step}`);
      yield;
    }
    return name;
  };

  it('comes to the same as at once', async () => {
    const { platform, work, turn } = machine();
    const done: string[] = [];
    const result = new Slices(platform).run(stepsOf('a', 20, done, work));
    for (let i = 0; i < 20; i += 1) await turn();
    expect(await result).toBe('a');
    const whole: string[] = [];
    expect(atOnce(stepsOf('a', 20, whole, () => undefined))).toBe('a');
    expect(done).toEqual(whole);
  });

  it('takes at most one slice in each turn, however many there are, and each in its turn', async () => {
    const { platform, work, turn } = machine();
    const slices = new Slices(platform);
    const done: string[] = [];
    const results = ['a', 'b', 'c', 'd', 'e'].map((name) => slices.run(stepsOf(name, 8, done, work)));
    const took: number[] = [];
    for (let i = 0; i < 20; i += 1) took.push(await turn());
    expect(await Promise.all(results)).toEqual(['a', 'b', 'c', 'd', 'e']);
    expect(Math.max(...took)).toBeLessThanOrEqual(12);
    // Each has had a slice before one that waited has its second.
    expect(done.indexOf('e1')).toBeLessThan(done.indexOf('b5'));
  });

  it('does what is short and alone at once', async () => {
    const { platform, work } = machine();
    const done: string[] = [];
    const result = new Slices(platform).run(stepsOf('a', 2, done, work));
    expect(done).toEqual(['a1', 'a2']);
    expect(await result).toBe('a');
  });

  it('goes on with the others where one fails', async () => {
    const { platform, work, turn } = machine();
    const slices = new Slices(platform);
    const done: string[] = [];
    const failing = function* (): InSteps<string> {
      work(20);
      yield;
      throw new Error('unreadable');
    };
    const results = [slices.run(failing()), slices.run(stepsOf('b', 8, done, work))];
    const ended = Promise.allSettled(results);
    for (let i = 0; i < 10; i += 1) await turn();
    expect((await ended).map(({ status }) => status)).toEqual(['rejected', 'fulfilled']);
  });
});
