import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { LogUnavailable } from '@ledgerline/es-core';
import type { ReactorProgress } from '@ledgerline/es-core/adapter';
import type { ReactorRunner } from '@ledgerline/es-core/runtime';
import { coins, type JarEvent, unknownEvent } from './fixtures/coin-jar.js';
import { gate, idOf, ReactorBench } from './fixtures/reactor-bench.js';
import { memoryParkedReactions } from '../memory/memory-parked-reactions.js';

describe('a reactor runner', () => {
  let bench: ReactorBench;
  const { run, add }: Pick<ReactorBench, 'run' | 'add'> = {
    run: (...given) => bench.run(...given),
    add: (...given) => bench.add(...given),
  };
  const done = (runner: ReactorRunner<JarEvent>): number | undefined => runner.status()[0]?.ordinal;

  beforeEach(async () => {
    bench = new ReactorBench();
    await bench.open();
  });
  afterEach(async () => {
    await bench.close();
    expect(bench.workshop.time.waiting).toBe(0);
  });

  it('tells each message once, in order per stream', async () => {
    const told: string[] = [];
    run((message) => void told.push(idOf(message)));
    await Promise.all([add('1', 2), add('2'), add('1')]);
    await bench.workshop.time.advance(1_000);
    const of = (jar: string): string[] => told.filter((id) => id.startsWith(jar));
    expect([of('jar-1'), of('jar-2'), told.length]).toEqual([['jar-1@1', 'jar-1@2', 'jar-1@3'], ['jar-2@1'], 4]);
  });

  it('lets a slow message hold up its own stream only', async () => {
    const told: string[] = [];
    const slow = gate();
    run(async (message) => {
      if (idOf(message) === 'jar-1@1') await slow.passed;
      told.push(idOf(message));
    });
    await Promise.all([add('1', 2), add('2', 2)]);
    await bench.workshop.time.advance(1_000);
    expect(told).toEqual(['jar-2@1', 'jar-2@2']);
    slow.open();
    await bench.workshop.time.advance(1_000);
    expect(told).toEqual(['jar-2@1', 'jar-2@2', 'jar-1@1', 'jar-1@2']);
  });

  it('tries a message again until it works, later and later', async () => {
    const tries: number[] = [];
    run(() => {
      tries.push(bench.workshop.time.now());
      if (tries.length < 6) throw new Error('not yet');
    });
    await add('1');
    await bench.workshop.time.advance(60_000);
    const waits = tries.slice(1).map((at, i) => at - (tries[i] ?? 0));
    expect(waits).toEqual([100, 200, 400, 800, 1_600]);
    expect(bench.troubles).toHaveLength(5);
  });

  it('has no more under way than it may', async () => {
    const slow = gate();
    let most = 0;
    let underWay = 0;
    const runner = run(
      async () => {
        most = Math.max(most, (underWay += 1));
        await slow.passed;
        underWay -= 1;
      },
      { limits: { tasks: 3, characters: 1_000_000 } },
    );
    await Promise.all(Array.from({ length: 10 }, (_, i) => add(`${i}`)));
    await bench.workshop.time.advance(100);
    expect(runner.status()[0]?.underWay).toBe(3);
    slow.open();
    await bench.workshop.time.advance(1_000);
    expect({ most, done: done(runner) }).toEqual({ most: 3, done: 11 });
  });

  it('has no more under way than so many characters, and one message in any case', async () => {
    const slow = gate();
    const runner = run(() => slow.passed, { limits: { tasks: 100, characters: 2 } });
    await Promise.all(['1', '2', '3'].map((jar) => add(jar)));
    await bench.workshop.time.advance(100);
    expect(runner.status()[0]?.underWay).toBe(1);
    slow.open();
    await bench.workshop.time.advance(1_000);
    expect(done(runner)).toBe(4);
  });

  it('names the message that waits longest, and why', async () => {
    const runner = run((message) => {
      if (idOf(message) === 'jar-1@1') throw new LogUnavailable('the bank is closed');
    });
    await Promise.all([add('1'), add('2')]);
    await bench.workshop.time.advance(5_000);
    const oldest = { stream: 'jar-1', type: 'CoinAdded', failure: { code: 'log-unavailable' } };
    expect(runner.status()).toMatchObject([{ underWay: 1, parked: 0, oldest }]);
  });

  it('saves its progress up to the first message that is not done, and repeats at most the rest', async () => {
    const slow = gate();
    const told: string[] = [];
    const runner = run(async (message) => {
      if (idOf(message) === 'jar-2@1') await slow.passed;
      told.push(idOf(message));
    });
    for (const jar of ['1', '2', '3', '4']) {
      await add(jar);
      await bench.workshop.time.advance(10);
    }
    await bench.workshop.time.advance(1_000);
    expect(told).toEqual(['jar-1@1', 'jar-3@1', 'jar-4@1']);
    expect(done(runner)).toBe(2);
    // Killed here: what counts is what its note says.
    const again: string[] = [];
    run((message) => void again.push(idOf(message)));
    await bench.workshop.time.advance(1_000);
    expect(again).toEqual(['jar-2@1', 'jar-3@1', 'jar-4@1']);
    slow.open();
  });

  it('goes on behind what it had dealt with when it was closed', async () => {
    const first = run(() => undefined);
    await add('1', 2);
    await bench.workshop.time.advance(0);
    await bench.workshop.through(first.close());
    await add('2');
    const told: string[] = [];
    run((message) => void told.push(idOf(message)));
    await bench.workshop.time.advance(1_000);
    expect(told).toEqual(['jar-2@1']);
  });

  it('begins at the beginning where its note is of another log', async () => {
    const other = { logId: 'other', ordinal: 9, head: 'x', headOffset: 9, time: '' };
    await bench.progress.save({ 'test.events/0': other });
    const told: string[] = [];
    run((message) => void told.push(idOf(message)));
    await add('1');
    await bench.workshop.time.advance(1_000);
    expect(told).toEqual(['jar-1@1']);
  });

  it('tells of remembered rejections between the events', async () => {
    const told: unknown[] = [];
    run(({ type, data, context }) => void told.push([type, data, context.commandId]));
    await bench.opened.jars.handle('1', { type: 'AddCoins', coins: 1 }, { commandId: 'c1' });
    await bench.opened.jars.handle('1', { type: 'TakeCoins', coins: 9 }, { commandId: 'c2', remember: true });
    await bench.opened.jars.handle('1', { type: 'TakeCoins', coins: 9 }, { commandId: 'c3' });
    await bench.opened.jars.handle('2', { type: 'EmptyJar' }, { commandId: 'c4', remember: true });
    await bench.opened.jars.handle('1', { type: 'TakeCoins', coins: 1 }, { commandId: 'c5' });
    await bench.workshop.time.advance(1_000);
    expect(told).toEqual([
      ['CoinAdded', {}, 'c1'],
      ['TakeCoinsRejected', { code: 'not-enough-coins' }, 'c2'],
      ['CoinsTaken', { coins: 1 }, 'c5'],
    ]);
  });

  it('passes over what nobody wants and what only a newer writer knows', async () => {
    const told: string[] = [];
    const runner = run((message) => void told.push(message.type), { wants: (type) => type === 'CoinsTaken' });
    await bench.opened.store.append('jar-1', 0, coins(2));
    await bench.opened.store.append('jar-2', 0, [unknownEvent]);
    await bench.opened.jars.handle('1', { type: 'TakeCoins', coins: 1 });
    await add('1');
    await bench.workshop.time.advance(1_000);
    expect(told).toEqual(['CoinsTaken']);
    expect(done(runner)).toBe(6);
  });

  it('is closed within seconds, also where what it asks for before it begins is not answered', async () => {
    const parked = { ...memoryParkedReactions(), load: () => new Promise<never>(() => undefined) };
    const reactor = bench.run(() => undefined, { parked });
    await bench.workshop.time.advance(100);
    let isClosed = false;
    void reactor.close().then(() => (isClosed = true));
    await bench.workshop.time.advance(5_000);
    expect(isClosed).toBe(true);
  });

  it('leaves a failing message for the next start when it is closed', async () => {
    const first = run((message) => {
      if (idOf(message) === 'jar-1@1') throw new Error('for ever');
    });
    await Promise.all([add('1'), add('2')]);
    await bench.workshop.time.advance(30_000);
    const before = bench.workshop.time.now();
    await bench.workshop.through(first.close());
    expect(bench.workshop.time.now() - before).toBeLessThanOrEqual(100);
    const told: string[] = [];
    run((message) => void told.push(idOf(message)));
    await bench.workshop.time.advance(1_000);
    expect(told).toContain('jar-1@1');
  });

  describe('that is assigned some partitions', () => {
    const partitionsOf = (runner: ReactorRunner<JarEvent>): readonly number[] =>
      runner.status().map(({ partition }) => partition);

    it('lets a partition go when what is under way there has ended, and another goes on behind it', async () => {
      const slow = gate();
      const told: string[] = [];
      const first = run(async (message) => {
        await slow.passed;
        told.push(`first ${idOf(message)}`);
      });
      await Promise.all([add('1'), add('2')]);
      await bench.workshop.time.advance(100);
      let released = false;
      const releasing = first.assign([]).then(() => (released = true));
      await bench.workshop.time.advance(1_000);
      expect({ released, partitions: partitionsOf(first) }).toEqual({ released: false, partitions: [0] });
      slow.open();
      await bench.workshop.through(releasing);
      expect(partitionsOf(first)).toEqual([]);
      run((message) => void told.push(`second ${idOf(message)}`));
      await add('3');
      await bench.workshop.time.advance(1_000);
      expect(told).toEqual(['first jar-1@1', 'first jar-2@1', 'second jar-3@1']);
    });

    it('waits two seconds for what is slow, and deals with its stream in order when it comes back to it', async () => {
      const slow = gate();
      const told: string[] = [];
      const runner = run(async (message) => {
        if (idOf(message) === 'jar-1@1' && !told.includes('jar-1@1')) await slow.passed;
        told.push(idOf(message));
      });
      await Promise.all([add('1', 2), add('2')]);
      await bench.workshop.time.advance(100);
      const before = bench.workshop.time.now();
      await bench.workshop.through(runner.assign([]));
      await bench.workshop.through(runner.assign([0]));
      expect(bench.workshop.time.now() - before).toBeLessThanOrEqual(2_000);
      await add('3');
      await bench.workshop.time.advance(1_000);
      expect(told).toEqual(['jar-2@1', 'jar-2@1', 'jar-3@1']);
      slow.open();
      await bench.workshop.time.advance(1_000);
      expect(told.slice(3)).toEqual(['jar-1@1', 'jar-1@1', 'jar-1@2']);
    });

    it('gives up a partition in time although it may read nothing more before what is slow has ended', async () => {
      const slow = gate();
      const runner = run(() => slow.passed, { limits: { tasks: 1, characters: 1_000 } });
      await Promise.all(['1', '2', '3'].map((jar) => add(jar)));
      await bench.workshop.time.advance(100);
      await bench.workshop.through(runner.assign([]));
      expect(partitionsOf(runner)).toEqual([]);
      slow.open();
    });

    it('leaves a failing message to whoever goes on', async () => {
      const first = run(() => {
        throw new Error('not here');
      });
      await add('1');
      await bench.workshop.time.advance(5_000);
      await bench.workshop.through(first.assign([]));
      const told: string[] = [];
      run((message) => void told.push(idOf(message)));
      await bench.workshop.time.advance(1_000);
      expect(told).toEqual(['jar-1@1']);
    });

    it('keeps what it has when it is assigned the same again, and comes back to what it had', async () => {
      const told: string[] = [];
      const runner = run((message) => void told.push(idOf(message)));
      await add('1');
      await bench.workshop.time.advance(1_000);
      await bench.workshop.through(runner.assign([0]));
      await bench.workshop.through(runner.assign([]));
      await add('2');
      await bench.workshop.through(runner.assign([0]));
      await bench.workshop.time.advance(1_000);
      expect(told).toEqual(['jar-1@1', 'jar-2@1']);
    });

    it('comes back to a partition also when its progress could not be stored when it was let go', async () => {
      const { load, save } = bench.progress;
      let isRefused = true;
      const progress: ReactorProgress = {
        load,
        save: (states) => (isRefused ? Promise.reject(new Error('somebody else is given it')) : save(states)),
      };
      const told: string[] = [];
      const runner = run((message) => void told.push(idOf(message)), { progress });
      await add('1');
      await bench.workshop.time.advance(100);
      await bench.workshop.through(runner.assign([]));
      expect([partitionsOf(runner), bench.troubles.length]).toEqual([[], 1]);
      isRefused = false;
      await bench.workshop.through(runner.assign([0]));
      await add('2');
      await bench.workshop.time.advance(1_000);
      expect(told).toEqual(['jar-1@1', 'jar-2@1']);
      expect(await bench.progress.load()).toMatchObject({ 'test.events/0': { ordinal: 3 } });
    });

    it('keeps the progress of partitions that are not its own', async () => {
      const state = { logId: bench.opened.store.logId, ordinal: 7, head: 'h', headOffset: 7, time: '' };
      await bench.progress.save({ 'test.events/1': state });
      run(() => undefined);
      await add('1');
      await bench.workshop.time.advance(1_000);
      expect(await bench.progress.load()).toMatchObject({ 'test.events/0': { ordinal: 2 }, 'test.events/1': state });
    });
  });

  it('saves its progress once its place takes it again', async () => {
    const { load, save } = bench.progress;
    let refused = 0;
    const progress: ReactorProgress = {
      load,
      save: (states) => ((refused += 1) === 1 ? Promise.reject(new Error('the disk is full')) : save(states)),
    };
    run(() => undefined, { progress });
    await add('1');
    await bench.workshop.time.advance(1_000);
    await add('1');
    await bench.workshop.time.advance(1_000);
    expect(bench.troubles).toHaveLength(1);
    expect(await load()).toMatchObject({ 'test.events/0': { ordinal: 3 } });
  });

  it('stops loudly where the log lost what it had dealt with', async () => {
    const first = run(() => undefined);
    await add('1', 3);
    await bench.workshop.time.advance(1_000);
    await bench.workshop.through(first.close());
    bench.workshop.topic.loseTail(0, 3);
    const second = run(() => undefined);
    await bench.workshop.time.advance(1_000);
    expect(second.status()[0]?.failure).toMatchObject({ code: 'log-diverged' });
    expect(bench.troubles).toHaveLength(1);
  });
});
