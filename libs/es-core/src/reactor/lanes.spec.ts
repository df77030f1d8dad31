import { describe, expect, it } from '@jest/globals';
import { Lanes } from './lanes.js';

/** A task that ends when it is told to. */
const task = (): { run: () => Promise<boolean>; end: (done: boolean) => void } => {
  let end: (done: boolean) => void = () => undefined;
  const ended = new Promise<boolean>((resolve) => (end = resolve));
  return { run: () => ended, end };
};

describe('lanes', () => {
  it('reach a mark when everything before it is done, in whatever order it ends', async () => {
    const marks: number[] = [];
    const lanes = new Lanes<number>(0, 10, () => marks.push(lanes.done));
    const [a, b, c] = [task(), task(), task()];
    lanes.run('a', a.run);
    lanes.run('b', b.run);
    lanes.mark(1);
    lanes.run('c', c.run);
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
    const lanes = new Lanes<number>(0, 10, () => undefined);
    const [a, b] = [task(), task()];
    lanes.run('a', a.run);
    lanes.mark(1);
    lanes.run('b', b.run);
    lanes.mark(2);
    a.end(false);
    b.end(true);
    await lanes.idle();
    expect(lanes.done).toBe(0);
  });

  it('run one lane in order', async () => {
    const lanes = new Lanes<number>(0, 10, () => undefined);
    const seen: string[] = [];
    const first = task();
    lanes.run('a', async () => {
      await first.run();
      seen.push('first');
      return true;
    });
    lanes.run('a', () => {
      seen.push('second');
      return Promise.resolve(true);
    });
    first.end(true);
    await lanes.idle();
    expect(seen).toEqual(['first', 'second']);
  });

  it('make the next wait while too many are under way', async () => {
    const lanes = new Lanes<number>(0, 1, () => undefined);
    const first = task();
    lanes.run('a', first.run);
    let room = false;
    const waiting = lanes.room().then(() => (room = true));
    await Promise.resolve();
    expect(room).toBe(false);
    first.end(true);
    await waiting;
    expect(room).toBe(true);
  });

  it('reach a mark with nothing before it at once', () => {
    const lanes = new Lanes<number>(0, 1, () => undefined);
    lanes.mark(7);
    expect(lanes.done).toBe(7);
  });

  it('keep no more marks than they need while one task takes for ever', async () => {
    const lanes = new Lanes<number>(0, 10, () => undefined);
    const [stuck, late] = [task(), task()];
    lanes.run('stuck', stuck.run);
    for (let mark = 1; mark <= 10_000; mark += 1) {
      lanes.run('other', () => Promise.resolve(true));
      if (mark === 5_000) lanes.run('late', late.run);
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
