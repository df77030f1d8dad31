import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type Message, progressInIndex, ReactorRunner, type StreamIndex } from '@ledgerline/es-core';
import { memoryStreamIndex } from '../memory/memory-stream-index.js';
import { coins, jarCatalogue, type JarEvent, unknownEvent } from './fixtures/coin-jar.js';
import { type Opened, Workshop } from './fixtures/opened-store.js';
import { TroubledLog } from './fixtures/troubled-log.js';

type React = (message: Message<JarEvent>) => void | Promise<void>;

describe('a reactor runner', () => {
  let workshop: Workshop;
  let opened: Opened;
  let index: StreamIndex;
  let log: TroubledLog;
  let runners: ReactorRunner<JarEvent>[];
  let troubles: unknown[];

  const run = (react: React, over: { wants?: (type: string) => boolean; maxUnderWay?: number } = {}) => {
    const runner = new ReactorRunner<JarEvent>({
      ...{ name: 'jars', log, logId: opened.store.logId, catalogue: jarCatalogue, platform: workshop.platform },
      progress: progressInIndex(index, 'jars'),
      ...{ wants: () => true, onTrouble: (error) => troubles.push(error), ...over },
      react: async (message) => react(message),
    });
    runners.push(runner);
    void runner.assign(Array.from({ length: log.partitions }, (_, partition) => partition));
    return runner;
  };

  const done = (runner: ReactorRunner<JarEvent>): number | undefined => runner.status()[0]?.ordinal;
  const idOf = ({ context }: Message<JarEvent>): string => context.id;
  const add = (jar: string, count = 1): Promise<unknown> => opened.jars.handle(jar, { type: 'AddCoins', coins: count });

  /** A gate that a reaction waits at until it is opened. */
  const gate = (): { readonly passed: Promise<void>; readonly open: () => void } => {
    let open = (): void => undefined;
    const passed = new Promise<void>((resolve) => (open = resolve));
    return { passed, open };
  };

  beforeEach(async () => {
    [workshop, runners, troubles, index] = [new Workshop(), [], [], memoryStreamIndex()];
    opened = await workshop.open();
    log = new TroubledLog(workshop.topic);
  });
  afterEach(async () => {
    await workshop.through(Promise.all(runners.map((runner) => runner.close())));
    await workshop.close();
    expect(workshop.time.waiting).toBe(0);
  });

  it('tells each message once, in order per stream', async () => {
    const told: string[] = [];
    run((message) => void told.push(idOf(message)));
    await Promise.all([add('1', 2), add('2'), add('1')]);
    await workshop.time.advance(1_000);
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
    await workshop.time.advance(1_000);
    expect(told).toEqual(['jar-2@1', 'jar-2@2']);
    slow.open();
    await workshop.time.advance(1_000);
    expect(told).toEqual(['jar-2@1', 'jar-2@2', 'jar-1@1', 'jar-1@2']);
  });

  it('tries a message again until it works, later and later', async () => {
    const tries: number[] = [];
    run(() => {
      tries.push(workshop.time.now());
      if (tries.length < 6) throw new Error('not yet');
    });
    await add('1');
    await workshop.time.advance(60_000);
    const waits = tries.slice(1).map((at, i) => at - (tries[i] ?? 0));
    expect(waits).toEqual([100, 200, 400, 800, 1_600]);
    expect(troubles).toHaveLength(5);
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
      { maxUnderWay: 3 },
    );
    await Promise.all(Array.from({ length: 10 }, (_, i) => add(`${i}`)));
    await workshop.time.advance(100);
    expect(runner.status()[0]?.underWay).toBe(3);
    slow.open();
    await workshop.time.advance(1_000);
    expect({ most, done: done(runner) }).toEqual({ most: 3, done: 11 });
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
      await workshop.time.advance(10);
    }
    await workshop.time.advance(1_000);
    expect(told).toEqual(['jar-1@1', 'jar-3@1', 'jar-4@1']);
    expect(done(runner)).toBe(2);
    // Killed here: what counts is what its note says.
    const again: string[] = [];
    run((message) => void again.push(idOf(message)));
    await workshop.time.advance(1_000);
    expect(again).toEqual(['jar-2@1', 'jar-3@1', 'jar-4@1']);
    slow.open();
  });

  it('goes on behind what it had dealt with when it was closed', async () => {
    const first = run(() => undefined);
    await add('1', 2);
    await workshop.time.advance(0);
    await workshop.through(first.close());
    await add('2');
    const told: string[] = [];
    run((message) => void told.push(idOf(message)));
    await workshop.time.advance(1_000);
    expect(told).toEqual(['jar-2@1']);
  });

  it('begins at the beginning where its note is of another log', async () => {
    await index.writeNote(
      'reactor/jars',
      JSON.stringify({ 'test.events/0': { logId: 'other', ordinal: 9, head: 'x' } }),
    );
    const told: string[] = [];
    run((message) => void told.push(idOf(message)));
    await add('1');
    await workshop.time.advance(1_000);
    expect(told).toEqual(['jar-1@1']);
  });

  it('tells of remembered rejections between the events', async () => {
    const told: unknown[] = [];
    run(({ type, data, context }) => void told.push([type, data, context.commandId]));
    await opened.jars.handle('1', { type: 'AddCoins', coins: 1 }, { commandId: 'c1' });
    await opened.jars.handle('1', { type: 'TakeCoins', coins: 9 }, { commandId: 'c2', remember: true });
    await opened.jars.handle('1', { type: 'TakeCoins', coins: 9 }, { commandId: 'c3' });
    await opened.jars.handle('2', { type: 'EmptyJar' }, { commandId: 'c4', remember: true });
    await opened.jars.handle('1', { type: 'TakeCoins', coins: 1 }, { commandId: 'c5' });
    await workshop.time.advance(1_000);
    expect(told).toEqual([
      ['CoinAdded', {}, 'c1'],
      ['TakeCoinsRejected', { code: 'not-enough-coins' }, 'c2'],
      ['CoinsTaken', { coins: 1 }, 'c5'],
    ]);
  });

  it('passes over what nobody wants and what only a newer writer knows', async () => {
    const told: string[] = [];
    const runner = run((message) => void told.push(message.type), { wants: (type) => type === 'CoinsTaken' });
    await opened.store.append('jar-1', 0, coins(2));
    await opened.store.append('jar-2', 0, [unknownEvent]);
    await opened.jars.handle('1', { type: 'TakeCoins', coins: 1 });
    await add('1');
    await workshop.time.advance(1_000);
    expect(told).toEqual(['CoinsTaken']);
    expect(done(runner)).toBe(6);
  });

  it('leaves a failing message for the next start when it is closed', async () => {
    const first = run((message) => {
      if (idOf(message) === 'jar-1@1') throw new Error('for ever');
    });
    await Promise.all([add('1'), add('2')]);
    await workshop.time.advance(30_000);
    const before = workshop.time.now();
    await workshop.through(first.close());
    expect(workshop.time.now() - before).toBeLessThanOrEqual(100);
    const told: string[] = [];
    run((message) => void told.push(idOf(message)));
    await workshop.time.advance(1_000);
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
      await workshop.time.advance(100);
      let released = false;
      const releasing = first.assign([]).then(() => (released = true));
      await workshop.time.advance(1_000);
      expect({ released, partitions: partitionsOf(first) }).toEqual({ released: false, partitions: [0] });
      slow.open();
      await workshop.through(releasing);
      expect(partitionsOf(first)).toEqual([]);
      run((message) => void told.push(`second ${idOf(message)}`));
      await add('3');
      await workshop.time.advance(1_000);
      expect(told).toEqual(['first jar-1@1', 'first jar-2@1', 'second jar-3@1']);
    });

    it('leaves a failing message to whoever goes on', async () => {
      const first = run(() => {
        throw new Error('not here');
      });
      await add('1');
      await workshop.time.advance(5_000);
      await workshop.through(first.assign([]));
      const told: string[] = [];
      run((message) => void told.push(idOf(message)));
      await workshop.time.advance(1_000);
      expect(told).toEqual(['jar-1@1']);
    });

    it('keeps what it has when it is assigned the same again, and comes back to what it had', async () => {
      const told: string[] = [];
      const runner = run((message) => void told.push(idOf(message)));
      await add('1');
      await workshop.time.advance(1_000);
      await workshop.through(runner.assign([0]));
      await workshop.through(runner.assign([]));
      await add('2');
      await workshop.through(runner.assign([0]));
      await workshop.time.advance(1_000);
      expect(told).toEqual(['jar-1@1', 'jar-2@1']);
    });

    it('comes back to a partition also when its progress could not be stored when it was let go', async () => {
      const { writeNote } = index;
      index.writeNote = () => Promise.reject(new Error('somebody else is given it'));
      const told: string[] = [];
      const runner = run((message) => void told.push(idOf(message)));
      await add('1');
      await workshop.time.advance(100);
      await workshop.through(runner.assign([]));
      expect({ partitions: partitionsOf(runner), troubles }).toMatchObject({ partitions: [], troubles: [{}] });
      index.writeNote = writeNote;
      await workshop.through(runner.assign([0]));
      await workshop.time.advance(1_000);
      expect(told).toEqual(['jar-1@1', 'jar-1@1']);
    });

    it('keeps the progress of partitions that are not its own', async () => {
      const progress = progressInIndex(index, 'jars');
      const state = { logId: opened.store.logId, ordinal: 7, head: 'h', headOffset: 7, time: '' };
      await progress.save({ 'test.events/1': state });
      run(() => undefined);
      await add('1');
      await workshop.time.advance(1_000);
      expect(await progress.load()).toMatchObject({ 'test.events/0': { ordinal: 2 }, 'test.events/1': state });
    });
  });

  it('saves its progress once the index takes it again', async () => {
    const { index: own } = { index };
    let refused = 0;
    index = {
      ...{ readerState: (p) => own.readerState(p), version: (s) => own.version(s), events: (...r) => own.events(...r) },
      ...{ result: (...k) => own.result(...k), snapshot: (s) => own.snapshot(s), write: (b) => own.write(b) },
      ...{ note: (name) => own.note(name), clear: () => own.clear(), close: () => own.close() },
      writeNote: async (...note) => {
        if ((refused += 1) === 1) throw new Error('the disk is full');
        await own.writeNote(...note);
      },
    };
    run(() => undefined);
    await add('1');
    await workshop.time.advance(1_000);
    await add('1');
    await workshop.time.advance(1_000);
    expect(troubles).toHaveLength(1);
    expect(JSON.parse(own.note('reactor/jars') ?? '{}')).toMatchObject({ 'test.events/0': { ordinal: 3 } });
  });

  it('stops loudly where the log lost what it had dealt with', async () => {
    const first = run(() => undefined);
    await add('1', 3);
    await workshop.time.advance(1_000);
    await workshop.through(first.close());
    workshop.topic.loseTail(0, 3);
    const second = run(() => undefined);
    await workshop.time.advance(1_000);
    expect(second.status()[0]?.failure).toMatchObject({ code: 'log-diverged' });
    expect(troubles).toHaveLength(1);
  });
});
