import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { EventStore } from '@ledgerline/es-core';
import type { RawEvent } from '@ledgerline/es-core/adapter';
import { type DecisionResult, partitionOf } from '@ledgerline/es-core/runtime';
import { coins, jarCatalogue, unknownEvent } from './fixtures/coin-jar.js';
import { type Opened, Workshop } from './fixtures/opened-store.js';

const versions = (events: Iterable<RawEvent>): number[] => [...events].map(({ version }) => version);

describe('an event store', () => {
  let workshop: Workshop;
  let opened: Opened;
  let store: EventStore;

  beforeEach(async () => {
    workshop = new Workshop();
    opened = await workshop.open();
    ({ store } = opened);
  });
  afterEach(() => workshop.close());

  describe('appends with an expected version', () => {
    it('to a stream that must not exist yet', async () => {
      expect(await store.append('jar-1', 0, coins(2))).toMatchObject({
        status: 'accepted',
        version: 2,
        repeated: false,
      });
      expect(store.version('jar-1')).toBe(2);
    });

    it('to a stream at the version that the caller saw', async () => {
      await store.append('jar-1', 0, coins(2));
      expect(await store.append('jar-1', 2, coins(1))).toMatchObject({ version: 3 });
    });

    it.each([0, 1, 3])('and not with %d where the stream is at 2', async (expected) => {
      await store.append('jar-1', 0, coins(2));
      await expect(store.append('jar-1', expected, coins(1))).rejects.toMatchObject({
        ...{ code: 'wrong-expected-version', retriable: true, stream: 'jar-1', expected, actual: 2 },
      });
      expect(store.version('jar-1')).toBe(2);
    });

    it('all events of one call or, past a stale version in the same batch, none', async () => {
      const both = await Promise.allSettled([store.append('jar-1', 0, coins(3)), store.append('jar-1', 0, coins(3))]);
      expect(both.map(({ status }) => status)).toEqual(['fulfilled', 'rejected']);
      expect(versions(store.read('jar-1'))).toEqual([1, 2, 3]);
    });
  });

  describe('reads a stream', () => {
    beforeEach(async () => {
      for (let version = 0; version < 5; version += 1) await store.append('jar-1', version, coins(1));
    });

    it.each([
      [{}, [1, 2, 3, 4, 5]],
      [{ from: 4 }, [4, 5]],
      [{ to: 2 }, [1, 2]],
      [{ from: 2, to: 3 }, [2, 3]],
      [{ from: -7, to: 99 }, [1, 2, 3, 4, 5]],
      [{ from: 6 }, []],
      [{ from: 3, to: 2 }, []],
    ])('%j', (range, expected) => {
      expect(versions(store.read('jar-1', range))).toEqual(expected);
    });

    it('that is not there as an empty one', () => {
      expect(versions(store.read('jar-2'))).toEqual([]);
      expect(store.version('jar-2')).toBe(0);
    });

    it('the same before, while and after the index is written', async () => {
      const begun = store.read('jar-1')[Symbol.iterator]();
      const first = begun.next().value as RawEvent;
      await workshop.time.advance(1_000);
      expect(opened.index.version('jar-1')).toBe(5);
      await store.append('jar-1', 5, coins(1));
      const rest = versions({ [Symbol.iterator]: () => begun });
      expect([first.version, ...rest]).toEqual([1, 2, 3, 4, 5]);
      expect(versions(store.read('jar-1'))).toEqual([1, 2, 3, 4, 5, 6]);
    });
  });

  describe('knows the version at a time', () => {
    const start = Date.parse('2026-01-01T00:00:00.000Z');
    const at = (ms: number): string => new Date(start + ms).toISOString();

    it('with that moment included, and 0 before the first event', async () => {
      await workshop.time.advance(1_000);
      await store.append('jar-1', 0, coins(2));
      await workshop.time.advance(1_000);
      await store.append('jar-1', 2, coins(1));
      expect([0, 999, 1_000, 1_999, 2_000, 9_000].map((ms) => store.versionAt('jar-1', at(ms)))).toEqual([
        0, 0, 2, 2, 3, 3,
      ]);
    });

    it('of a stream that is not there', () => {
      expect(store.versionAt('jar-2', at(0))).toBe(0);
    });

    it('whatever way of ISO 8601 the time is written in', async () => {
      await workshop.time.advance(500);
      await store.append('jar-1', 0, coins(1));
      expect(store.versionAt('jar-1', '2026-01-01T00:00:00Z')).toBe(0);
      expect(store.versionAt('jar-1', '2026-01-01T01:00:00.500+01:00')).toBe(1);
      expect(store.versionAt('jar-1', '2026-01-01T01:00:00.499+01:00')).toBe(0);
    });

    it('with recorded time that stands still while the clock is set back', async () => {
      await workshop.time.advance(5_000);
      await store.append('jar-1', 0, coins(1));
      workshop.moveClock(-60_000);
      await store.append('jar-1', 1, coins(1));
      await store.append('jar-2', 0, coins(1));
      const times = workshop.counted(store.logId).map(({ time }) => time);
      expect(times).toEqual([at(0), at(5_000), at(5_000), at(5_000)]);
      expect(store.versionAt('jar-1', at(4_999))).toBe(0);
      expect(store.versionAt('jar-1', at(5_000))).toBe(2);
    });
  });

  describe('records what commands decide', () => {
    it('in one append for all that wait', async () => {
      opened.log.appends.length = 0;
      const answers = await Promise.all(
        Array.from({ length: 10 }, (_, i) => opened.jars.handle(`${i % 3}`, { type: 'AddCoins', coins: 1 })),
      );
      expect(opened.log.appends.map(({ length }) => length)).toEqual([10]);
      expect(answers.map(({ position }) => position)).toEqual(
        Array.from({ length: 10 }, (_, i) => `test.events/0@${i + 2}`),
      );
    });

    it('each on the state that those before it in the batch left', async () => {
      const [, first, second] = await Promise.all([
        opened.jars.handle('1', { type: 'AddCoins', coins: 3 }),
        opened.jars.handle('1', { type: 'TakeCoins', coins: 2 }),
        opened.jars.handle('1', { type: 'TakeCoins', coins: 2 }),
      ]);
      expect(first.status).toBe('accepted');
      expect(second).toMatchObject({ status: 'rejected', rejection: { code: 'not-enough-coins' }, version: 4 });
      expect(opened.jars.stateOf('1').state).toEqual({ coins: 1 });
    });

    it('and answers events, version and position', async () => {
      const answer = await opened.jars.handle('1', { type: 'AddCoins', coins: 2 }, { commandId: 'c1', actor: 'Ada' });
      if (answer.status !== 'accepted') throw new Error('it was rejected');
      expect(answer).toMatchObject({ stream: 'jar-1', version: 2, position: 'test.events/0@3', repeated: false });
      expect(answer.events().map(({ context }) => context)).toMatchObject([
        {
          version: 1,
          ordinal: 2,
          id: 'jar-1@1',
          commandId: 'c1',
          causationId: 'c1',
          correlationId: 'c1',
          actor: 'Ada',
        },
        { version: 2, ordinal: 3, id: 'jar-1@2' },
      ]);
    });

    it('nothing for a wish that is fulfilled, and answers the head it was decided on', async () => {
      await opened.jars.handle('2', { type: 'AddCoins', coins: 1 });
      expect(await opened.jars.handle('1', { type: 'EmptyJar' })).toMatchObject({
        ...{ status: 'accepted', version: 0, position: 'test.events/0@2' },
      });
    });

    it('and tells those who listen, of every commit, until they stop', async () => {
      const heard: number[] = [];
      const stop = store.onCommit((_, commit) => heard.push(commit.length));
      await store.append('jar-1', 0, coins(2));
      await store.append('jar-1', 2, coins(1));
      stop();
      await store.append('jar-1', 3, coins(1));
      expect(heard).toEqual([2, 1]);
    });

    it('an instance as it was at a version and at a time', async () => {
      await opened.jars.handle('1', { type: 'AddCoins', coins: 3 });
      await workshop.time.advance(1_000);
      await opened.jars.handle('1', { type: 'TakeCoins', coins: 2 });
      expect(opened.jars.stateOf('1')).toEqual({ version: 4, state: { coins: 1 } });
      expect(opened.jars.stateOf('1', { version: 2 })).toEqual({ version: 2, state: { coins: 2 } });
      expect(opened.jars.stateOf('1', { version: 9 })).toEqual({ version: 4, state: { coins: 1 } });
      expect(opened.jars.stateOf('1', { at: '2026-01-01T00:00:00.999Z' })).toEqual({ version: 3, state: { coins: 3 } });
      expect(opened.jars.stateOf('1', { version: 0 })).toEqual({ version: 0, state: { coins: 0 } });
    });

    it('in every partition its own', async () => {
      const wide = new Workshop({ partitions: 4 });
      const { jars, store: wideStore } = await wide.open();
      await Promise.all(Array.from({ length: 20 }, (_, i) => jars.handle(`${i}`, { type: 'AddCoins', coins: 1 })));
      const heads = [0, 1, 2, 3].map(
        (p) => 1 + Array.from({ length: 20 }, (_, i) => `jar-${i}`).filter((jar) => partitionOf(jar, 4) === p).length,
      );
      expect(wideStore.heads().map(({ ordinal }) => ordinal)).toEqual(heads);
      await wide.close();
    });
  });

  describe('fails a command alone', () => {
    const neighbours = (): Promise<unknown>[] => [
      opened.jars.handle('1', { type: 'AddCoins', coins: 1 }),
      opened.jars.handle('2', { type: 'AddCoins', coins: 1 }),
    ];

    it('when its decider throws', async () => {
      const [before, after] = neighbours();
      await expect(opened.jars.handle('1', { type: 'DropJar' })).rejects.toThrow('nobody thought of that');
      expect(await Promise.all([before, after])).toHaveLength(2);
      expect(store.failure).toBeUndefined();
    });

    it('when its event is too large, before anything is appended', async () => {
      const [before, after] = neighbours();
      const note = 'x'.repeat(512 * 1024);
      const large = opened.jars.handle('1', { type: 'AddCoins', coins: 2, note });
      await expect(large).rejects.toMatchObject({ code: 'event-too-large', facts: { limit: 512 * 1024 } });
      await Promise.all([before, after]);
      expect(opened.jars.stateOf('1').state).toEqual({ coins: 1 });
    });

    it('when its events do not fit into one batch', async () => {
      const [before, after] = neighbours();
      const note = 'x'.repeat(300 * 1024);
      await expect(opened.jars.handle('1', { type: 'AddCoins', coins: 4, note })).rejects.toMatchObject({
        code: 'append-refused',
      });
      await Promise.all([before, after]);
      expect(workshop.counted(store.logId)).toHaveLength(3);
    });

    it('when the log refuses its batch for good, after a barrier', async () => {
      opened.log.refuses = (records) => records.some(({ value }) => value.includes('poison'));
      const [before, after] = neighbours();
      const poison = opened.jars.handle('1', { type: 'AddCoins', coins: 1, note: 'poison' }).catch((e: unknown) => e);
      await workshop.through(Promise.all([before, after]));
      expect(await workshop.through(poison)).toMatchObject({ code: 'append-refused', retriable: false });
      expect(workshop.counted(store.logId).map(({ kind }) => kind)).toContain('barrier');
      expect(versions(store.read('jar-1'))).toEqual([1]);
      expect(await opened.jars.handle('1', { type: 'TakeCoins', coins: 1 })).toMatchObject({ version: 2 });
    });

    it('when its own event cannot be folded: what was recorded stays recorded, and others go on', async () => {
      const fold = {
        ...{ initialState: 0, revision: 'brittle' },
        evolve: (): number => {
          throw new Error('an evolve that fails');
        },
      };
      const brittle = store.submit({
        ...{ stream: 'jar-9', commandId: 'b1', commandType: 'Add', fingerprint: 'f', metadata: {}, fold },
        decide: () => ({ events: coins(1) }),
      });
      const [before, after] = neighbours();
      expect(await brittle).toMatchObject({ version: 1 });
      await Promise.all([before, after]);
      expect(store.failure).toBeUndefined();
      await expect(
        store.submit({
          ...{ stream: 'jar-9', commandId: 'b2', commandType: 'Add', fingerprint: 'f', metadata: {}, fold },
          decide: () => ({ events: coins(1) }),
        }),
      ).rejects.toThrow('an evolve that fails');
      expect(await opened.jars.handle('1', { type: 'AddCoins', coins: 1 })).toMatchObject({ version: 2 });
    });
  });

  it('folds what a handler and an append do to one stream as what each of them knows', async () => {
    await store.append('jar-1', 0, coins(3));
    expect(await opened.jars.handle('1', { type: 'TakeCoins', coins: 3 })).toMatchObject({ status: 'accepted' });
    const [, taken] = await Promise.all([
      store.append('jar-1', 4, coins(2)),
      opened.jars.handle('1', { type: 'TakeCoins', coins: 2 }),
    ]);
    expect(taken).toMatchObject({ status: 'accepted', version: 7 });
    expect(opened.jars.stateOf('1').state).toEqual({ coins: 0 });
  });

  it('skips what a newer writer recorded when it answers what is there, and decides nothing on that', async () => {
    await store.append('jar-1', 0, [...coins(1), unknownEvent, ...coins(1)]);
    expect(opened.jars.stateOf('1')).toEqual({ version: 3, state: { coins: 2 } });
    await expect(opened.jars.handle('1', { type: 'TakeCoins', coins: 1 })).rejects.toMatchObject({
      ...{ code: 'newer-event', retriable: true, facts: { stream: 'jar-1', type: 'JarPainted.v1' } },
    });
    expect(jarCatalogue.decode([...store.read('jar-1')])).toEqual([
      ...[[{ type: 'CoinAdded', data: {} }], 'unknown-type', [{ type: 'CoinAdded', data: {} }]],
    ]);
  });

  it('answers more than its queue holds with Overloaded, and the others in order', async () => {
    const small = new Workshop();
    const { jars, store: smallStore } = await small.open({ limits: { maxQueue: 5 } });
    const asked = Array.from({ length: 8 }, () => jars.handle('1', { type: 'AddCoins', coins: 1 }));
    const answers = await Promise.allSettled(asked);
    expect(
      answers.map((a) => (a.status === 'fulfilled' ? a.value.version : (a.reason as { code: string }).code)),
    ).toEqual([1, 2, 3, 4, 5, 'overloaded', 'overloaded', 'overloaded']);
    expect(smallStore.version('jar-1')).toBe(5);
    await small.close();
  });

  it('answers commands of too many bytes with Overloaded, whatever their partition, until others are answered', async () => {
    const small = new Workshop({ partitions: 4 });
    const { jars } = await small.open({ limits: { maxQueueBytes: 200_000 } });
    const add = (jar: number, noteLength: number) =>
      jars.handle(`${jar}`, { type: 'AddCoins', coins: 1, note: 'x'.repeat(noteLength) });
    const asked = [90_000, 90_000, 90_000, 1, 1].map((noteLength, jar) => add(jar, noteLength));
    const answers = await Promise.allSettled(asked);
    expect(
      answers.map((a) => (a.status === 'fulfilled' ? a.value.version : (a.reason as { code: string }).code)),
    ).toEqual([1, 1, 1, 'overloaded', 'overloaded']);
    expect(answers[3]).toMatchObject({ reason: { retriable: true, facts: { bytes: expect.any(Number) } } });
    expect(await add(3, 90_000)).toMatchObject({ status: 'accepted', version: 1 });
    await small.close();
  });

  it('keeps answers of append in step with the stored outcome', async () => {
    const outcome: DecisionResult = await store.append('jar-1', 0, coins(1), { commandId: 'a1' });
    expect(outcome.status === 'accepted' && outcome.events).toEqual([...store.read('jar-1')]);
  });
});
