import { setImmediate as others } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import { CommandWindow } from './command-window.js';

describe('the window of commands under way', () => {
  /** Begins shares of these callers at once, each of which ends when it is told. */
  const callers = (window: CommandWindow) => {
    const begun: string[] = [];
    const ends = new Map<string, () => void>();
    const run = (name: string, bytes: number): Promise<string> =>
      window.run(bytes, () => {
        begun.push(name);
        return new Promise((end) => ends.set(name, () => end(name)));
      });
    const end = (name: string): void => ends.get(name)?.();
    return { begun, run, end };
  };
  const settle = async (): Promise<void> => {
    for (let turn = 0; turn < 10; turn += 1) await others();
  };

  it('begins shares in the order of the calls, while less than its limit is under way', async () => {
    const { begun, run, end } = callers(new CommandWindow(100));
    const all = Promise.all([run('a', 60), run('b', 60), run('c', 1), run('d', 99), run('e', 1)]);
    await settle();
    expect(begun).toEqual(['a', 'b']);
    end('a');
    await settle();
    expect(begun).toEqual(['a', 'b', 'c', 'd']);
    for (const name of ['b', 'c', 'd']) end(name);
    await settle();
    end('e');
    expect(await all).toEqual(['a', 'b', 'c', 'd', 'e']);
  });

  it('begins a share that is larger than its limit, alone', async () => {
    const { begun, run, end } = callers(new CommandWindow(100));
    const all = Promise.all([run('large', 1_000), run('next', 1)]);
    await settle();
    expect(begun).toEqual(['large']);
    end('large');
    await settle();
    end('next');
    await all;
    expect(begun).toEqual(['large', 'next']);
  });

  it('gives a caller with many shares no second turn before the others have had theirs', async () => {
    const window = new CommandWindow(1);
    const turns: string[] = [];
    const caller = async (name: string): Promise<void> => {
      for (let share = 0; share < 3; share += 1) await window.run(1, () => Promise.resolve(turns.push(name)));
    };
    await Promise.all([caller('a'), caller('b'), caller('c')]);
    expect(turns.join('')).toBe('abcabcabc');
  });

  it('divides what there is among the callers that are there', async () => {
    const window = new CommandWindow(1_024 * 1_024);
    const { run, end } = callers(window);
    expect(window.share).toBe(1_024 * 1_024);
    const all = Promise.all(['a', 'b', 'c'].map((name) => run(name, 1)));
    expect(window.share).toBe(256 * 1_024);
    await settle();
    for (const name of ['a', 'b', 'c']) end(name);
    await all;
    expect(window.share).toBe(1_024 * 1_024);
  });

  it('takes back the bytes of what failed, and says how', async () => {
    const window = new CommandWindow(1);
    await expect(window.run(1, () => Promise.reject(new Error('no')))).rejects.toThrow('no');
    expect(await window.run(1, () => Promise.resolve('next'))).toBe('next');
  });
});
