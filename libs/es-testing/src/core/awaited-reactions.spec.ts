import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { EsError } from '@ledgerline/es-core';
import type { ReactorProgress } from '@ledgerline/es-core/adapter';
import type { ReactorRunner } from '@ledgerline/es-core/runtime';
import type { JarEvent } from './fixtures/coin-jar.js';
import { gate, idOf, ReactorBench } from './fixtures/reactor-bench.js';

const TOPIC = 'test.events';

describe('whoever waits for reactions', () => {
  let bench: ReactorBench;

  beforeEach(async () => {
    bench = new ReactorBench();
    await bench.open();
  });
  afterEach(async () => {
    await bench.close();
    expect(bench.workshop.time.waiting).toBe(0);
  });

  const pass = (ms = 1_000): Promise<void> => bench.workshop.time.advance(ms);

  /** What the runner answers of a position; undefined while it does not. */
  const asked = (runner: ReactorRunner<JarEvent>, ordinal: number): { answer: boolean | undefined } => {
    const waiting: { answer: boolean | undefined } = { answer: undefined };
    void runner.waitFor({ topic: TOPIC, partition: 0, ordinal }, 5_000).then((answer) => (waiting.answer = answer));
    return waiting;
  };

  it('is answered once they are done, and not before', async () => {
    const slow = gate();
    const runner = bench.run(async (message) => {
      if (idOf(message) === 'jar-1@2') await slow.passed;
    });
    await bench.add('1');
    await pass();
    await bench.add('1');
    const [first, second] = [asked(runner, 2), asked(runner, 3)];
    await pass();
    expect([first.answer, second.answer]).toEqual([true, undefined]);
    slow.open();
    await pass(0);
    expect(second.answer).toBe(true);
    const later = asked(runner, 3);
    await pass(0);
    expect(later.answer).toBe(true);
  });

  it('is answered also where one was parked: whoever asks looks what is', async () => {
    const runner = bench.run(() => {
      throw new EsError('card-unknown', 'the bank does not know the card', false);
    });
    const waiting = asked(runner, 2);
    await bench.add('1');
    await pass();
    expect([waiting.answer, bench.parked.held(0).length]).toEqual([true, 1]);
  });

  it('is told when it takes too long, or the runner ends', async () => {
    const runner = bench.run(() => undefined);
    const late = asked(runner, 9);
    await pass(4_000);
    const ended = asked(runner, 9);
    await pass(1_500);
    expect([late.answer, ended.answer]).toEqual([false, undefined]);
    await bench.workshop.through(runner.close());
    expect(ended.answer).toBe(false);
  });

  it('is answered of what another instance has done, which is looked up a few times a second for all of them', async () => {
    let looks = 0;
    const progress: ReactorProgress = {
      load: () => {
        looks += 1;
        return bench.progress.load();
      },
      save: (saved) => bench.progress.save(saved),
    };
    const slow = gate();
    bench.run(() => slow.passed);
    const other = bench.run(() => undefined, { progress });
    await bench.workshop.through(other.assign([]));
    await bench.add('1');
    looks = 0;
    const waiting = [asked(other, 2), asked(other, 2), asked(other, 2)];
    await pass();
    expect(waiting.map(({ answer }) => answer)).toEqual([undefined, undefined, undefined]);
    expect(looks).toBeLessThanOrEqual(6);
    slow.open();
    await pass();
    expect(waiting.map(({ answer }) => answer)).toEqual([true, true, true]);
    looks = 0;
    await pass();
    expect(looks).toBe(0);
  });

  it('is answered of what another instance has done also when it asks just as somebody else is answered', async () => {
    bench.run(() => undefined);
    const other = bench.run(() => undefined);
    await bench.workshop.through(other.assign([]));
    for (let turns = 0; turns < 20; turns += 1) {
      const [first, second] = [2 * turns + 2, 2 * turns + 3];
      await bench.add('1');
      const answered = other.waitFor({ topic: TOPIC, partition: 0, ordinal: first }, 5_000);
      const next = answered.then(async () => {
        for (let turn = 0; turn < turns; turn += 1) await Promise.resolve();
        return asked(other, second);
      });
      await pass();
      const waiting = await next;
      await bench.add('1');
      await pass();
      expect([turns, waiting.answer]).toEqual([turns, true]);
    }
  });

  it('costs no look where the partition is dealt with here', async () => {
    const slow = gate();
    const progress: ReactorProgress = {
      load: () => bench.progress.load(),
      save: (saved) => bench.progress.save(saved),
    };
    const runner = bench.run(() => slow.passed, { progress });
    await pass();
    progress.load = () => {
      throw new Error('nobody has to look');
    };
    const waiting = asked(runner, 2);
    await bench.add('1');
    await pass();
    slow.open();
    await pass();
    expect([waiting.answer, bench.troubles]).toEqual([true, []]);
  });
});
