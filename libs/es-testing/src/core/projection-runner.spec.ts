import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { defineProjection, LogUnavailable, type Projection, type Recorded } from '@ledgerline/es-core';
import type { ReadModelStore } from '@ledgerline/es-core/adapter';
import { retryParked } from '@ledgerline/es-core/generations';
import { eventsIn, ProjectionRunner } from '@ledgerline/es-core/runtime';
import { memoryReadModelStore } from '../memory/memory-read-model-store.js';
import { foldDocuments } from '../specification/fold-documents.js';
import { coins, jarCatalogue, type JarEvent, jarEvents, unknownEvent } from './fixtures/coin-jar.js';
import { dyingStore, handleOn, Killed, storeWith } from './fixtures/faulty-store.js';
import { anyDocument, everyCoin, jarPages, refolded, totals } from './fixtures/jar-projections.js';
import { type Opened, Workshop } from './fixtures/opened-store.js';
import { TroubledLog } from './fixtures/troubled-log.js';

describe('a projection runner', () => {
  let workshop: Workshop;
  let opened: Opened;
  let runners: ProjectionRunner[];
  let troubles: unknown[];
  let parkedLimit: number;

  const run = async (store: ReadModelStore, projection: Projection = jarPages): Promise<typeof runner> => {
    const log = new TroubledLog(workshop.topic);
    const collection = `${projection.name}-r1`;
    await store.ensure({ name: collection, indexes: projection.indexes });
    const runner = new ProjectionRunner({
      ...{ projection, store, collection, platform: workshop.platform, parkedLimit },
      sources: [{ log, logId: opened.store.logId }],
      onTrouble: (error) => troubles.push(error),
    });
    runners.push(runner);
    await runner.start();
    await workshop.time.advance(0);
    return runner;
  };

  const events = (): Recorded<JarEvent>[] =>
    [0, 1].flatMap((partition) => {
      const records = workshop.counted(opened.store.logId, partition);
      return records.flatMap((one) => eventsIn([[one]], jarCatalogue, { topic: 'test.events', partition }));
    });

  const documents = async (store: ReadModelStore, projection: Projection = jarPages): Promise<unknown> => {
    const found = await store.find(`${projection.name}-r1`, {});
    return Object.fromEntries(found.map(({ id, document }) => [id, document]));
  };

  const replay = (projection: Projection = jarPages): unknown =>
    Object.fromEntries(foldDocuments(projection, events()));

  const fill = async (rounds = 3): Promise<void> => {
    for (let i = 0; i < rounds; i += 1)
      await Promise.all([
        opened.jars.handle('1', { type: 'AddCoins', coins: 2 }),
        opened.jars.handle('2', { type: 'AddCoins', coins: 1 + i }),
        opened.jars.handle('3', { type: 'AddCoins', coins: 1 }),
        opened.jars.handle('3', { type: 'EmptyJar' }),
      ]);
  };

  const close = async (): Promise<void> => {
    await workshop.through(Promise.allSettled(runners.splice(0).map((runner) => runner.close())));
  };

  beforeEach(async () => {
    [workshop, runners, troubles, parkedLimit] = [new Workshop({ partitions: 2 }), [], [], 1_000];
    opened = await workshop.open();
  });
  afterEach(async () => {
    await close();
    await workshop.close();
    expect(workshop.time.waiting).toBe(0);
  });

  it.each([jarPages, totals] as Projection[])('makes the documents of a straight fold: $name', async (projection) => {
    const store = memoryReadModelStore();
    await fill();
    await run(store, projection);
    await fill();
    await workshop.time.advance(1_000);
    expect(await documents(store, projection)).toEqual(replay(projection));
  });

  it.each([jarPages, totals] as Projection[])('makes them after a kill at any write: $name', async (projection) => {
    await fill();
    for (let diesAt = 1; ; diesAt += 1) {
      const store = memoryReadModelStore();
      const dying = dyingStore(store, diesAt);
      await run(dying, projection);
      await workshop.time.advance(1_000);
      await close();
      const survived = dying.writes < diesAt;
      await run(store, projection);
      await workshop.time.advance(1_000);
      expect({ diesAt, documents: await documents(store, projection) }).toEqual({
        diesAt,
        documents: replay(projection),
      });
      await close();
      if (survived) break;
      expect(troubles.at(-1)).toBeInstanceOf(Killed);
    }
  });

  it('makes them although two run at once on one store', async () => {
    const store = memoryReadModelStore();
    await Promise.all([run(handleOn(store)), run(handleOn(store)), run(store, totals), run(store, totals)]);
    await fill(5);
    await workshop.time.advance(1_000);
    expect(await documents(store)).toEqual(replay());
    expect(await documents(store, totals)).toEqual(replay(totals));
  });

  it('makes them from a checkpoint that is behind the documents, and from none', async () => {
    const store = memoryReadModelStore();
    await fill();
    await run(store);
    await workshop.time.advance(1_000);
    await close();
    const before = await store.find('jar-pages-r1', {});
    const forgetful: ReadModelStore = { ...handleOn(store), checkpoints: () => Promise.resolve(new Map()) };
    await run(forgetful);
    await workshop.time.advance(1_000);
    // Nothing was written again, tombstones included.
    expect(await store.find('jar-pages-r1', {})).toEqual(before);
    expect(await documents(store)).toEqual(replay());
  });

  it('goes on behind its checkpoint', async () => {
    const store = memoryReadModelStore();
    await fill();
    await run(store);
    await workshop.time.advance(1_000);
    await close();
    const loaded: string[] = [];
    await run({
      ...handleOn(store),
      load: (collection, ids) => {
        loaded.push(...ids);
        return store.load(collection, ids);
      },
    });
    await opened.jars.handle('2', { type: 'AddCoins', coins: 1 });
    await workshop.time.advance(1_000);
    expect(loaded).toEqual(['jar-2']);
    expect(await documents(store)).toEqual(replay());
  });

  it('loads a document that it has just written only when somebody else wrote it since', async () => {
    const store = memoryReadModelStore();
    const loaded: string[] = [];
    await run({
      ...handleOn(store),
      load: (collection, ids) => {
        loaded.push(...ids);
        return store.load(collection, ids);
      },
    });
    const add = async (): Promise<void> => {
      await opened.jars.handle('1', { type: 'AddCoins', coins: 1 });
      await workshop.time.advance(10);
    };
    for (let i = 0; i < 3; i += 1) await add();
    expect(loaded).toEqual(['jar-1']);
    const [stored] = await store.find('jar-pages-r1', {});
    if (!stored) throw new Error('nothing was projected');
    await store.write('jar-pages-r1', [{ ...stored, expectedRevision: stored.revision }]);
    for (let i = 0; i < 3; i += 1) await add();
    expect(loaded).toEqual(['jar-1', 'jar-1']);
    expect(await documents(store)).toEqual(replay());
  });

  it('never lets a slow second one bring a removed document back', async () => {
    const store = memoryReadModelStore();
    await opened.jars.handle('1', { type: 'AddCoins', coins: 2 });
    let go = (): void => undefined;
    const held = new Promise<void>((resolve) => (go = resolve));
    await run(storeWith(store, (...given) => held.then(() => store.write(...given))));
    await opened.jars.handle('1', { type: 'EmptyJar' });
    await run(store);
    await workshop.time.advance(100);
    expect(await documents(store)).toEqual({});
    go();
    await workshop.time.advance(1_000);
    expect(await documents(store)).toEqual({});
    const [tombstone] = (await store.load('jar-pages-r1', ['jar-1'])).values();
    expect(tombstone?.document).toBeUndefined();
    expect(Object.values(tombstone?.positions ?? {})).toEqual([4]);
  });

  it('folds again what somebody else wrote meanwhile', async () => {
    const store = memoryReadModelStore();
    let meddled = 0;
    const meddling = storeWith(store, async (collection, writes) => {
      for (const { id } of writes) {
        const stored = (await store.load(collection, [id])).get(id);
        if (stored && (meddled += 1) <= 3)
          await store.write(collection, [{ ...stored, expectedRevision: stored.revision }]);
      }
      return store.write(collection, writes);
    });
    await run(meddling);
    for (let i = 0; i < 4; i += 1) {
      await opened.jars.handle('1', { type: 'AddCoins', coins: 1 });
      await workshop.time.advance(10);
    }
    expect(meddled).toBeGreaterThan(3);
    expect(await documents(store)).toEqual(replay());
  });

  it('waits for a store that is away, and skips nothing', async () => {
    const store = memoryReadModelStore();
    let away = true;
    await run(
      storeWith(store, (...given) =>
        away ? Promise.reject(new LogUnavailable('the store is away')) : store.write(...given),
      ),
    );
    await fill();
    await workshop.time.advance(5_000);
    expect(await documents(store)).toEqual({});
    away = false;
    await fill();
    await workshop.time.advance(5_000);
    expect(await documents(store)).toEqual(replay());
  });

  it('saves its checkpoints once the store takes them again', async () => {
    const store = memoryReadModelStore();
    let refused = 0;
    const runner = await run({
      ...handleOn(store),
      saveCheckpoint: async (...given) => {
        if ((refused += 1) === 1) throw new LogUnavailable('the store is away');
        await store.saveCheckpoint(...given);
      },
    });
    await fill();
    await workshop.time.advance(1_000);
    await workshop.through(runner.close());
    const saved = await store.checkpoints('jar-pages-r1');
    expect([...saved.values()].map(({ ordinal }) => ordinal).sort()).toEqual(
      [0, 1].map((partition) => workshop.counted(opened.store.logId, partition).length).sort(),
    );
  });

  it('gives one event once to a document that is named twice', async () => {
    const twice = refolded(totals, () => ({ document: () => ['all', 'all'] }));
    const store = memoryReadModelStore();
    await fill();
    await run(store, twice);
    await workshop.time.advance(100);
    expect(await documents(store, twice)).toEqual(replay(totals));
  });

  it('skips an event that only a newer writer knows', async () => {
    const store = memoryReadModelStore();
    await opened.store.append('jar-1', 0, [...coins(1), unknownEvent, ...coins(1)]);
    const runner = await run(store);
    await workshop.time.advance(100);
    expect(await documents(store)).toMatchObject({ 'jar-1': { coins: 2 } });
    expect(runner.status().map(({ ordinal }) => ordinal)).toContain(4);
  });

  it('stops a partition loudly where it cannot tell whose event it is, and goes on with the others', async () => {
    const brittle = refolded(jarPages, ({ document }) => ({
      document(event) {
        if (event.context.stream === 'jar-1') throw new Error('a bug in the projection');
        return document(event);
      },
    }));
    const store = memoryReadModelStore();
    const runner = await run(store, brittle);
    const bad = opened.store.partitionOf('jar-1');
    const ids = Array.from({ length: 8 }, (_, i) => `${i}`);
    await opened.jars.handle('1', { type: 'AddCoins', coins: 1 });
    await workshop.time.advance(10);
    await Promise.all(ids.map((id) => opened.jars.handle(id, { type: 'AddCoins', coins: 1 })));
    await workshop.time.advance(1_000);
    const others = ids.map((id) => `jar-${id}`).filter((jar) => opened.store.partitionOf(jar) !== bad);
    expect(Object.keys((await documents(store)) as object)).toEqual(others);
    expect(runner.status()[bad]?.failure).toMatchObject({ message: 'a bug in the projection' });
    expect(runner.status()[1 - bad]?.failure).toBeUndefined();
    expect(troubles).toHaveLength(1);
  });

  const failing = (isBad: () => boolean): Projection =>
    refolded(jarPages, ({ fold }) => ({
      fold(page, event, id) {
        if (isBad() && event.context.stream === 'jar-1') throw new Error('a bug\n  in the fold');
        return fold(page, event, id);
      },
    }));

  it('parks the document whose event it cannot fold, and goes on with all others', async () => {
    const store = memoryReadModelStore();
    await opened.jars.handle('1', { type: 'AddCoins', coins: 2 });
    await run(store);
    await workshop.time.advance(1_000);
    await close();
    const runner = await run(
      store,
      failing(() => true),
    );
    await fill();
    await workshop.time.advance(1_000);
    const [parked] = await store.parked('jar-pages-r1', { limit: 9 });
    const { partition } = { partition: opened.store.partitionOf('jar-1') };
    expect(parked).toMatchObject({
      ...{ id: 'jar-1', document: { coins: 2 }, positions: { [`test.events/${partition}`]: 3 } },
      parked: { reason: 'a bug in the fold', event: { topic: 'test.events', partition, stream: 'jar-1', version: 3 } },
    });
    expect({ ...(replay() as object), 'jar-1': parked?.document }).toEqual(await documents(store));
    expect(runner.status().flatMap(({ failure }) => failure ?? [])).toEqual([]);
    expect(troubles).toEqual([expect.objectContaining({ code: 'document-parked' })]);
  });

  /** The newest note of each jar as `noteOf` makes it, under its beginning. */
  const notes = (noteOf: (note: string) => string): Projection =>
    defineProjection({
      ...{ name: 'jar-notes', revision: 1, from: [jarEvents], document: anyDocument<{ readonly note: string }>() },
      on: everyCoin<{ readonly note: string }>({
        document: ({ context, data }) => `${context.stream} ${'note' in data ? data.note?.split(' ')[0] : ''}`,
        fold: (_before, { data }) => ({ note: noteOf(('note' in data && data.note) || '') }),
      }),
    });

  it('folds well-formed text, also where other text was recorded', async () => {
    const store = memoryReadModelStore();
    await opened.jars.handle('1', { type: 'AddCoins', coins: 1, note: '\ud83d is half of 😀' });
    await opened.jars.handle('2', { type: 'AddCoins', coins: 1, note: 'C:\\ud83d' });
    await run(
      store,
      notes((note) => note),
    );
    await workshop.time.advance(1_000);
    expect(await documents(store, notes(String))).toEqual({
      ...{ 'jar-1 \ufffd': { note: '\ufffd is half of 😀' }, 'jar-2 C:\\ud83d': { note: 'C:\\ud83d' } },
    });
  });

  it('parks the document that no store would give back as the fold made it, and says why', async () => {
    const store = memoryReadModelStore();
    await opened.jars.handle('1', { type: 'AddCoins', coins: 1, note: 'a 😀' });
    await opened.jars.handle('2', { type: 'AddCoins', coins: 1, note: 'b :-)' });
    await run(
      store,
      notes((note) => note.slice(0, 3)),
    );
    await workshop.time.advance(1_000);
    expect(await documents(store, notes(String))).toEqual({ 'jar-2 b': { note: 'b :' } });
    expect(await store.parked('jar-notes-r1', { limit: 9 })).toMatchObject([
      {
        id: 'jar-1 a',
        parked: { reason: expect.stringMatching(/^note in the document jar-1 a must be well-formed text/) },
      },
    ]);
    const log = new TroubledLog(workshop.topic);
    const sources = [{ log, logId: opened.store.logId }];
    const retried = (projection: Projection) =>
      retryParked({
        sources,
        projection,
        store,
        platform: workshop.platform,
        collection: 'jar-notes-r1',
        id: 'jar-1 a',
      });
    expect(await retried(notes((note) => note.slice(0, 3)))).toMatchObject({ parked: { reason: expect.anything() } });
    expect(await retried(notes((note) => note.slice(0, 4)))).toEqual(
      expect.not.objectContaining({ parked: expect.anything() }),
    );
    expect(await documents(store, notes(String))).toMatchObject({ 'jar-1 a': { note: 'a 😀' } });
  });

  it('waits where more would be parked than are allowed, until there are fewer', async () => {
    const store = memoryReadModelStore();
    parkedLimit = 0;
    let isBad = true;
    const runner = await run(
      store,
      failing(() => isBad),
    );
    await fill();
    await workshop.time.advance(10_000);
    const { failure } = runner.status()[opened.store.partitionOf('jar-1')] ?? {};
    expect(failure).toMatchObject({ code: 'too-many-parked', facts: { limit: 0 } });
    expect(troubles).toEqual([failure]);
    expect(await store.countParked('jar-pages-r1')).toBe(0);
    isBad = false;
    await workshop.time.advance(10_000);
    expect(await documents(store)).toEqual(replay());
    expect(runner.status().flatMap(({ failure: stays }) => stays ?? [])).toEqual([]);
  });

  it('stops when its collection is dropped, says so once, and makes no other', async () => {
    const store = memoryReadModelStore();
    await fill();
    const runner = await run(store);
    await workshop.time.advance(1_000);
    expect(runner.isLost).toBe(false);
    await store.drop('jar-pages-r1');
    await fill();
    await workshop.time.advance(5_000);
    await close();
    expect(runner.isLost).toBe(true);
    expect(troubles).toEqual([expect.objectContaining({ code: 'collection-lost' })]);
    expect(await store.collections()).toEqual([]);
  });

  it('stops loudly where the log lost what it had applied', async () => {
    const store = memoryReadModelStore();
    await fill();
    await run(store);
    await workshop.time.advance(1_000);
    await close();
    for (const partition of [0, 1]) workshop.topic.loseTail(partition, 1);
    const runner = await run(store);
    await workshop.time.advance(1_000);
    expect(runner.status().map(({ failure }) => (failure as { code: string }).code)).toEqual([
      ...['log-diverged', 'log-diverged'],
    ]);
  });

  describe('makes those who wait for a position', () => {
    const at = (ordinal: number, partition = opened.store.partitionOf('jar-1'), topic = 'test.events') => ({
      ...{ topic, partition, ordinal },
    });

    it('go on at once where it was applied, is not read, or is no partition of the topic', async () => {
      const runner = await run(memoryReadModelStore());
      const answers = [at(1), at(99, 0, 'other.events'), at(99, 7)].map((position) => runner.waitFor(position, 1_000));
      expect(await Promise.all(answers)).toEqual([true, true, true]);
    });

    it('go on as soon as it is applied, with the document there', async () => {
      const store = memoryReadModelStore();
      const runner = await run(store);
      const waiting = runner.waitFor(at(3), 5_000).then(async () => documents(store));
      await opened.jars.handle('1', { type: 'AddCoins', coins: 2 });
      expect(await workshop.through(waiting)).toMatchObject({ 'jar-1': { coins: 2 } });
    });

    it('give up when their time has passed', async () => {
      const runner = await run(memoryReadModelStore());
      const started = workshop.time.now();
      expect(await workshop.through(runner.waitFor(at(3), 5_000))).toBe(false);
      expect(workshop.time.now() - started).toBe(5_000);
    });

    it('give up when the runner is closed', async () => {
      const runner = await run(memoryReadModelStore());
      const started = workshop.time.now();
      const waiting = runner.waitFor(at(3), 5_000);
      await workshop.through(runner.close());
      expect(await workshop.through(waiting)).toBe(false);
      expect(workshop.time.now()).toBe(started);
    });
  });

  it('says how far it is, genesis included', async () => {
    const runner = await run(memoryReadModelStore());
    expect(runner.status().map(({ ordinal }) => ordinal)).toEqual([1, 1]);
  });
});
