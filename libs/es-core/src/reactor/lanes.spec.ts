import { describe, expect, it } from '@jest/globals';
import { KeyedQueue } from '../keyed-queue.js';
import { Lanes } from './lanes.js';

/** A task that ends when it is told to. */
const task = (): { run: () => Promise<boolean>; end: (done: boolean) => void } => {
  let end: (done: boolean) => void = () => undefined;
  const ended = new Promise<boolean>((resolve) => (end = resolve));
  return { run: () => ended, end };
};

const lanesOf = (tasks: number, onMark: () => void = () => undefined): Lanes<number> =>
  new Lanes(0, { turns: new KeyedQueue(), limits: { tasks, characters: 1_000 }, onMark, onTrouble: unexpected });

const unexpected = (error: unknown): never => {
  throw new Error('a task threw', { cause: error });
};

describe('lanes', () => {
  it('reach a mark when everything before it is done, in whatever order it ends', async () => {
    const marks: number[] = [];
    const lanes: Lanes<number> = lanesOf(10, () => marks.push(lanes.done));
    const [a, b, c] = [task(), task(), task()];
    lanes.run({ lane: 'a', characters: 1, run: a.run });
    lanes.run({ lane: 'b', characters: 1, run: b.run });
    lanes.mark(1);
    lanes.run({ lane: 'c', characters: 1, run: c.run });
    lanes.mark(2);
    c.end(true);
    b.end(true);
    expect(lanes.done).toBe(0);
    a.end(true);
    await lanes.idle();
    expect(marks.at(-1)).toBe(2);
    expect(lanes.underWay).toBe(0);
  });

  it('never reach a mark behind a task that was given up', async () => {
    const lanes = lanesOf(10);
    const [a, b] = [task(), task()];
    lanes.run({ lane: 'a', characters: 1, run: a.run });
    lanes.mark(1);
    lanes.run({ lane: 'b', characters: 1, run: b.run });
    lanes.mark(2);
    a.end(false);
    b.end(true);
    await lanes.idle();
    expect(lanes.done).toBe(0);
  });

  it.each<[string, () => Promise<boolean>]>([
    [
      'before it answers',
      () => {
        throw new Error('a bug');
      },
    ],
    ['later', () => Promise.reject(new Error('a bug'))],
  ])('have space again after a task that throws %s, which is told and given up', async (_, run) => {
    const troubles: unknown[] = [];
    const onTrouble = (error: unknown): void => void troubles.push(error);
    const limits = { tasks: 1, characters: 10 };
    const lanes = new Lanes(0, { turns: new KeyedQueue(), limits, onMark: () => undefined, onTrouble });
    lanes.run({ lane: 'a', characters: 10, run });
    lanes.mark(1);
    await lanes.room();
    expect(lanes.underWay).toBe(0);
    lanes.run({ lane: 'a', characters: 1, run: () => Promise.resolve(true) });
    lanes.mark(2);
    await lanes.idle();
    expect(troubles).toEqual([new Error('a bug')]);
    expect(lanes.done).toBe(0);
  });

  it('run one lane in order', async () => {
    const lanes = lanesOf(10);
    const seen: string[] = [];
    const first = task();
    lanes.run({
      lane: 'a',
      characters: 1,
      run: async () => {
        await first.run();
        seen.push('first');
        return true;
      },
    });
    lanes.run({
      lane: 'a',
      characters: 1,
      run: () => {
        seen.push('second');
        return Promise.resolve(true);
      },
    });
    first.end(true);
    await lanes.idle();
    expect(seen).toEqual(['first', 'second']);
  });

  it('make the next wait while too many are under way', async () => {
    const lanes = lanesOf(1);
    const first = task();
    lanes.run({ lane: 'a', characters: 1, run: first.run });
    let room = false;
    const waiting = lanes.room().then(() => (room = true));
    await Promise.resolve();
    expect(room).toBe(false);
    first.end(true);
    await waiting;
    expect(room).toBe(true);
  });

  it('reach a mark with nothing before it at once', () => {
    const lanes = lanesOf(1);
    lanes.mark(7);
    expect(lanes.done).toBe(7);
  });

  it('keep no more marks than they need while one task takes for ever', async () => {
    const lanes = lanesOf(10);
    const [stuck, late] = [task(), task()];
    lanes.run({ lane: 'stuck', characters: 1, run: stuck.run });
    for (let mark = 1; mark <= 10_000; mark += 1) {
      lanes.run({ lane: 'other', characters: 1, run: () => Promise.resolve(true) });
      if (mark === 5_000) lanes.run({ lane: 'late', characters: 1, run: late.run });
      lanes.mark(mark);
      if (mark % 20 === 0) await new Promise(setImmediate);
    }
    expect(lanes.done).toBe(0);
    expect(lanes.waitingMarks).toBeLessThan(200);
    stuck.end(true);
    await new Promise(setImmediate);
    expect(lanes.done).toBe(4_999);
    late.end(true);
    await lanes.idle();
    expect(lanes.done).toBe(10_000);
  });
});
