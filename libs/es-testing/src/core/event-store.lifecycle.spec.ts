import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { EventStore } from '@ledgerline/es-core';
import type { RawEvent, StreamIndex } from '@ledgerline/es-core/adapter';
import { memoryStreamIndex } from '../memory/memory-stream-index.js';
import { seededRandom } from '../platform/seeded-random.js';
import { coins } from './fixtures/coin-jar.js';
import { type Opened, Workshop } from './fixtures/opened-store.js';
import { TroubledLog } from './fixtures/troubled-log.js';

const codeOf = (settled: PromiseSettledResult<unknown>): unknown =>
  settled.status === 'fulfilled' ? 'fulfilled' : (settled.reason as { code?: string }).code;

/** An index whose writes a spec holds up or lets fail. */
const watched = (index: StreamIndex, write: StreamIndex['write']): StreamIndex => ({
  readerState: (partition) => index.readerState(partition),
  version: (stream) => index.version(stream),
  events: (...range) => index.events(...range),
  result: (...key) => index.result(...key),
  snapshot: (stream) => index.snapshot(stream),
  note: (name) => index.note(name),
  writeNote: (...note) => index.writeNote(...note),
  clear: () => index.clear(),
  close: () => index.close(),
  write,
});

describe('an event store', () => {
  let workshop: Workshop;

  beforeEach(() => {
    workshop = new Workshop();
  });
  afterEach(async () => {
    await workshop.close();
    expect(workshop.time.waiting).toBe(0);
  });

  describe('on a log that is away', () => {
    it('lets commands wait, and goes on when it is back', async () => {
      const { jars, log, troubles } = await workshop.open();
      log.isDown = true;
      const waiting = [1, 2, 3].map((n) => jars.handle('1', { type: 'AddCoins', coins: n }));
      let answered = false;
      void Promise.race(waiting).then(() => (answered = true));
      await workshop.time.advance(60_000);
      expect(answered).toBe(false);
      expect(troubles).not.toHaveLength(0);
      log.isDown = false;
      expect((await workshop.through(Promise.all(waiting))).map(({ version }) => version)).toEqual([1, 3, 6]);
    });

    it('answers OutcomeUnknown to all that waits when it is closed', async () => {
      const { jars, store, log } = await workshop.open({ limits: { maxBatchCommands: 2 } });
      log.isDown = true;
      const waiting = Promise.allSettled([1, 2, 3, 4].map((n) => jars.handle('1', { type: 'AddCoins', coins: n })));
      await workshop.time.advance(1_000);
      await workshop.through(store.close());
      expect((await waiting).map(codeOf)).toEqual(Array(4).fill('outcome-unknown'));
      await expect(jars.handle('1', { type: 'EmptyJar' })).rejects.toMatchObject({ code: 'outcome-unknown' });
    });
  });

  describe('when it is closed', () => {
    it('lets the batch under way end, and answers OutcomeUnknown to the others', async () => {
      const { jars, store, log, index } = await workshop.open({ limits: { maxBatchCommands: 2 } });
      let open = (): void => undefined;
      log.gate = new Promise((resolve) => (open = resolve));
      const asked = Promise.allSettled([1, 2, 3].map((n) => jars.handle('1', { type: 'AddCoins', coins: n })));
      await workshop.time.advance(0);
      const closing = store.close();
      open();
      await workshop.through(closing);
      expect((await asked).map(codeOf)).toEqual(['fulfilled', 'fulfilled', 'outcome-unknown']);
      expect(index.version('jar-1')).toBe(3);
    });

    it('waits for every partition, also where the index of another cannot be written', async () => {
      const wide = new Workshop({ partitions: 2 });
      const index = memoryStreamIndex();
      let finish = (): void => undefined;
      const half = watched(index, async (batch) => {
        if (batch.events.length === 0) return index.write(batch);
        if (batch.partition === 0) throw new Error('the disk is full');
        await new Promise<void>((resolve) => (finish = resolve));
        await index.write(batch);
      });
      const { store } = await wide.open({ index: half });
      const inPartition = (wanted: number): string =>
        ['1', '2', '3', '4', '5', '6'].map((id) => `jar-${id}`).find((one) => store.partitionOf(one) === wanted) ?? '';
      for (const partition of [0, 1]) await store.append(inPartition(partition), 0, coins(1));
      let ended = false;
      const closing = store.close().finally(() => (ended = true));
      const refused = expect(closing).rejects.toThrow('the disk is full');
      await wide.time.advance(1_000);
      expect(ended).toBe(false);
      finish();
      await wide.through(refused);
      expect([index.version(inPartition(1)), wide.time.waiting]).toEqual([1, 0]);
    });

    it('may be closed again', async () => {
      const { store } = await workshop.open();
      await Promise.all([store.close(), store.close()]);
      await store.close();
    });

    it('has stored everything', async () => {
      const { store, index } = await workshop.open();
      await store.append('jar-1', 0, coins(3));
      expect(index.version('jar-1')).toBe(0);
      await store.close();
      expect(index.version('jar-1')).toBe(3);
      expect(index.readerState(0)?.ordinal).toBe(4);
    });
  });

  describe('that finds the log changed', () => {
    it('stops loudly where it lost its tail, and tells every caller', async () => {
      const { jars, store, troubles } = await workshop.open();
      await jars.handle('1', { type: 'AddCoins', coins: 3 });
      workshop.topic.loseTail(0, 2);
      const asked = Promise.allSettled([1, 2].map((n) => jars.handle(`${n}`, { type: 'AddCoins', coins: 1 })));
      await workshop.time.advance(10_000);
      expect((await asked).map(codeOf)).toEqual(['log-diverged', 'log-diverged']);
      await expect(jars.handle('1', { type: 'EmptyJar' })).rejects.toMatchObject({ code: 'log-diverged' });
      expect(store.failure).toMatchObject({ code: 'log-diverged', retriable: false });
      expect(troubles.at(-1)).toBe(store.failure);
    });

    it('has stored what it had acknowledged, so that the next start notices too', async () => {
      const { jars, store, index } = await workshop.open();
      await jars.handle('1', { type: 'AddCoins', coins: 3 });
      workshop.topic.loseTail(0, 2);
      await jars.handle('1', { type: 'AddCoins', coins: 1 }).catch(() => undefined);
      await store.close();
      expect(workshop.time.waiting).toBe(0);
      await expect(workshop.open({ index })).rejects.toMatchObject({ code: 'log-diverged' });
    });

    it('does not open, and leaves nothing open in the other partitions', async () => {
      const wide = new Workshop({ partitions: 4 });
      const { index, store } = await wide.open();
      await Promise.all(Array.from({ length: 8 }, (_, i) => store.append(`jar-${i}`, 0, coins(2))));
      await wide.close();
      const end = wide.topic.bounds(2).end;
      wide.topic.loseTail(2, end - 1);
      let writes = 0;
      const counting = watched(index, (batch) => {
        writes += 1;
        return index.write(batch);
      });
      const log = new TroubledLog(wide.topic);
      // Partition 1 waits for its log while partition 2 finds out.
      log.awayIn.add(1);
      const options = { log, index: counting, platform: wide.platform, source: 'jars', onTrouble: () => undefined };
      await expect(wide.through(EventStore.open(options))).rejects.toMatchObject({ code: 'log-diverged' });
      const before = writes;
      await wide.time.advance(60_000);
      expect({ writes, waiting: wide.time.waiting }).toEqual({ writes: before, waiting: 0 });
    });

    it('clears an index of another log, notes included', async () => {
      const other = new Workshop({ seed: 2 });
      const { index, store } = await other.open();
      await store.append('jar-1', 0, coins(3));
      await index.writeNote('reactor/x', '{}');
      await other.close();
      const { store: own } = await workshop.open({ index });
      expect(own.version('jar-1')).toBe(0);
      expect(index.note('reactor/x')).toBeUndefined();
      expect(index.readerState(0)?.logId).toBe(own.logId);
    });

    it('passes over foreign records and late copies', async () => {
      const { store } = await workshop.open();
      await store.append('jar-1', 0, coins(1));
      const [, copy] = workshop.topic.slice(0, 0, 2);
      workshop.topic.append(0, [{ key: 'jar-1', value: '{}', headers: {} }, ...(copy ? [copy] : [])]);
      expect(await workshop.through(store.append('jar-1', 1, coins(1)))).toMatchObject({ version: 2, ordinal: 3 });
      expect(store.statistics()).toMatchObject([{ ordinal: 3, refused: 2 }]);
    });
  });

  describe('beside others on one topic', () => {
    it.each([1, 2, 3])('counts every command once, versions dense, folds equal (seed %d)', async (seed) => {
      const random = seededRandom(seed);
      const stores = [
        await workshop.open({ isPreferred: false, limits: { maxBatchCommands: 5 } }),
        await workshop.open({ isPreferred: false, limits: { maxBatchCommands: 5 } }),
        await workshop.open({ isPreferred: false, limits: { maxBatchCommands: 5 } }),
      ];
      const pick = (): Opened => stores[Math.floor(random() * 3)] ?? (stores[0] as Opened);
      const asked = Array.from({ length: 150 }, (_, i) => {
        const type = random() < 0.7 ? ('AddCoins' as const) : ('TakeCoins' as const);
        const command = { type, coins: 1 + Math.floor(random() * 3) };
        const once = (): Promise<unknown> => pick().jars.handle(`${i % 4}`, command, { commandId: `c${i}` });
        return random() < 0.2 ? Promise.all([once(), once()]) : once();
      });
      await workshop.through(Promise.all(asked));
      const [{ store }] = stores as [Opened];
      const commits = new Map<string, number>();
      const versions = new Map<string, number>();
      for (const record of workshop.counted(store.logId).filter(({ kind }) => kind === 'event')) {
        if (record.index === 1) commits.set(record.commandId, (commits.get(record.commandId) ?? 0) + 1);
        expect(record.version).toBe((versions.get(record.key) ?? 0) + 1);
        versions.set(record.key, record.version);
      }
      expect([...commits.values()].every((count) => count === 1)).toBe(true);
      await Promise.all(stores.map(({ jars }) => workshop.through(jars.handle('9', { type: 'EmptyJar' }))));
      const folds = stores.map(({ jars }) => [0, 1, 2, 3].map((n) => jars.stateOf(`${n}`)));
      expect(folds[1]).toEqual(folds[0]);
      expect(folds[2]).toEqual(folds[0]);
      expect(folds[0]?.map(({ version }) => version)).toEqual([0, 1, 2, 3].map((n) => versions.get(`jar-${n}`) ?? 0));
    });

    it('answers a rejection only on what counts by then', async () => {
      const mine = await workshop.open({ isPreferred: false });
      const theirs = await workshop.open({ isPreferred: false });
      await theirs.jars.handle('1', { type: 'AddCoins', coins: 3 });
      const taken = await workshop.through(mine.jars.handle('1', { type: 'TakeCoins', coins: 3 }));
      expect(taken).toMatchObject({ status: 'accepted', version: 4 });
    });

    it('refuses for good what the log refuses, and no more', async () => {
      const { jars, log, store } = await workshop.open({ isPreferred: false });
      log.refuses = (records) => records.some(({ value }) => value.includes('poison'));
      const asked = Array.from({ length: 12 }, (_, i) =>
        jars.handle(`${i % 3}`, { type: 'AddCoins', coins: 1, ...(i % 5 === 2 && { note: 'poison' }) }),
      );
      const answers = await workshop.through(Promise.allSettled(asked));
      expect(answers.map(codeOf)).toEqual(
        Array.from({ length: 12 }, (_, i) => (i % 5 === 2 ? 'append-refused' : 'fulfilled')),
      );
      expect(workshop.counted(store.logId).filter(({ kind }) => kind === 'event')).toHaveLength(10);
    });
  });

  describe('and its index', () => {
    it('writes what came while it was writing, though nothing comes after it', async () => {
      const index = memoryStreamIndex();
      let finish = (): void => undefined;
      const held = watched(index, async (batch) => {
        if (batch.events.length > 0) await new Promise<void>((resolve) => (finish = resolve));
        await index.write(batch);
      });
      const { store } = await workshop.open({ index: held, limits: { flushAfterMs: 50 } });
      await store.append('jar-1', 0, coins(1));
      await workshop.time.advance(100);
      await store.append('jar-1', 1, coins(1));
      await workshop.time.advance(1_000);
      expect([...store.read('jar-1')].map(({ version }) => version)).toEqual([1, 2]);
      finish();
      await workshop.time.advance(1_000);
      finish();
      await workshop.time.advance(0);
      expect(index.version('jar-1')).toBe(2);
    });

    it('is written while a long log is read, so that memory holds little of it', async () => {
      const { store } = await workshop.open();
      for (let version = 0; version < 5_000; version += 50) await store.append('jar-1', version, coins(50));
      const index = memoryStreamIndex();
      const written: number[] = [];
      const counting = watched(index, (batch) => {
        written.push(batch.events.length);
        return index.write(batch);
      });
      await workshop.open({ index: counting, limits: { flushEntries: 500 } });
      expect(written.reduce((sum, events) => sum + events, 0)).toBe(5_000);
      expect(Math.max(...written)).toBeLessThanOrEqual(2_000);
    });

    it('stops loudly when it cannot be written, the commands before that answered', async () => {
      const index = memoryStreamIndex();
      const failing = watched(index, (batch) =>
        batch.events.length > 0 ? Promise.reject(new Error('the disk is full')) : index.write(batch),
      );
      const { store } = await workshop.open({ index: failing });
      expect(await store.append('jar-1', 0, coins(1))).toMatchObject({ version: 1 });
      await workshop.time.advance(1_000);
      expect(await store.append('jar-1', 1, coins(1))).toMatchObject({ version: 2 });
      await workshop.time.advance(0);
      expect(store.failure).toMatchObject({ message: 'the disk is full' });
      await expect(store.append('jar-1', 2, coins(1))).rejects.toThrow('the disk is full');
    });

    it('is caught up after a kill took what was in memory', async () => {
      const { store, index } = await workshop.open();
      await store.append('jar-1', 0, coins(2));
      await workshop.time.advance(1_000);
      await store.append('jar-1', 2, coins(2));
      // Killed here: only what was written is left.
      const copy = memoryStreamIndex();
      await copy.write({
        ...{ partition: 0, readerState: index.readerState(0) as NonNullable<ReturnType<StreamIndex['readerState']>> },
        ...{ events: [...index.events('jar-1', 1, 2)], results: [], snapshots: [] },
      });
      const { store: next } = await workshop.open({ index: copy });
      expect([...next.read('jar-1')].map(({ version }: RawEvent) => version)).toEqual([1, 2, 3, 4]);
    });
  });
});
