import { beforeEach, describe, expect, it } from '@jest/globals';
import type { Recorded } from '@ledgerline/es-core';
import type { ReadModelStore, StoredRecord } from '@ledgerline/es-core/adapter';
import { beforeGenesis, Chain, eventsIn, ProjectionRunner, restoredRecord } from '@ledgerline/es-core/runtime';
import { memoryReadModelStore } from '../memory/memory-read-model-store.js';
import { MemoryTopic } from '../memory/memory-topic.js';
import { foldDocuments } from '../specification/fold-documents.js';
import { jarCatalogue, type JarEvent } from './fixtures/coin-jar.js';
import { dyingStore } from './fixtures/faulty-store.js';
import { jarPages } from './fixtures/jar-projections.js';
import { Workshop } from './fixtures/opened-store.js';
import { TroubledLog } from './fixtures/troubled-log.js';

const COLLECTION = 'jar-pages-r1';
const projection = jarPages;

interface Run {
  readonly failures: readonly unknown[];
  readonly documents: Readonly<Record<string, unknown>>;
}

/** A read model whose log is lost, and is restored up to some record of it. */
describe('a read model on a log that was restored', () => {
  let workshop: Workshop;
  let logId: string;
  let records: readonly StoredRecord[];

  beforeEach(async () => {
    workshop = new Workshop();
    const { store, jars } = await workshop.open();
    ({ logId } = store);
    for (let i = 0; i < 4; i += 1) {
      await jars.handle('1', { type: 'AddCoins', coins: 2 });
      await jars.handle('2', { type: 'AddCoins', coins: 1 });
      await jars.handle('2', { type: 'EmptyJar' });
    }
    await workshop.close();
    records = workshop.topic.slice(0, 0, workshop.topic.bounds(0).end);
  });

  /** What is restored up to the n-th record, and what was recorded since: another jar, and the first one again. */
  const restored = async (upTo: number): Promise<MemoryTopic> => {
    const topic = new MemoryTopic({ partitions: 1 });
    const chain = new Chain(workshop.platform, beforeGenesis(logId));
    for (const record of records.slice(0, upTo)) {
      chain.take(record);
      topic.append(0, [record]);
    }
    const restoration = { incarnation: `restored-${upTo}`, logId, heads: [chain.state] };
    topic.append(0, [restoredRecord(restoration, chain.state, workshop.platform)]);
    const log = new TroubledLog(topic);
    const { store, jars } = await workshop.openOn(log);
    for (let i = 0; i < 3; i += 1)
      for (const jar of ['1', '2', '3']) await jars.handle(jar, { type: 'AddCoins', coins: 1 });
    await workshop.through(store.close());
    return topic;
  };

  const run = async (topic: MemoryTopic, store: ReadModelStore): Promise<Run> => {
    await store.ensure({ name: COLLECTION, indexes: [] });
    const failures: unknown[] = [];
    const runner = new ProjectionRunner({
      ...{ projection, store, collection: COLLECTION, platform: workshop.platform, parkedLimit: 10 },
      sources: [{ log: new TroubledLog(topic), logId }],
      onTrouble: (error) => failures.push(error),
    });
    await runner.start();
    await workshop.time.advance(1_000);
    await workshop.through(Promise.allSettled([runner.close()]));
    const found = await store.find(COLLECTION, {});
    return { failures, documents: Object.fromEntries(found.map(({ id, document }) => [id, document])) };
  };

  const replayOf = (topic: MemoryTopic): unknown => {
    const chain = new Chain(workshop.platform, beforeGenesis(logId));
    const counted = topic.slice(0, 0, topic.bounds(0).end).flatMap((record) => chain.take(record) ?? []);
    const events = counted.flatMap((one): Recorded<JarEvent>[] =>
      eventsIn([[one]], jarCatalogue, { topic: 'test.events', partition: 0 }),
    );
    return Object.fromEntries(foldDocuments(projection, events));
  };

  /** Ends of commits, the last one included. */
  const cuts = (): number[] =>
    records.flatMap(({ headers: { commit = '' } }, i) =>
      commit.split('/')[0] === commit.split('/')[1] ? [i + 1] : [],
    );

  it('goes on when it is not ahead, and stops when it is, with what it was', async () => {
    for (const cut of cuts()) {
      const store = memoryReadModelStore();
      const before = await run(topicWith(cut), store);
      const topic = await restored(records.length);
      expect(await run(topic, store)).toEqual({ failures: [], documents: replayOf(topic) });

      const ahead = memoryReadModelStore();
      await run(topicWith(records.length), ahead);
      const after = await run(await restored(cut), ahead);
      if (cut === records.length) continue;
      expect(after.failures).toMatchObject([{ code: 'log-diverged' }]);
      expect(before.failures).toEqual([]);
    }
  });

  it('is right or stops, whatever a kill had left in it, and where it is right it stays so after another kill', async () => {
    const outcomes = { right: 0, stopped: 0, onlyDocumentsAhead: 0 };
    for (const cut of cuts()) {
      const topic = await restored(cut);
      for (let diesAt = 1; ; diesAt += 1) {
        const store = memoryReadModelStore();
        const dying = dyingStore(store, diesAt);
        await run(topicWith(records.length), dying);
        if (dying.writes < diesAt) break;
        const { failures, documents } = await run(topic, store);
        if (failures.length === 0) {
          expect({ cut, diesAt, documents }).toEqual({ cut, diesAt, documents: replayOf(topic) });
          outcomes.right += 1;
          continue;
        }
        expect(failures).toMatchObject([{ code: 'log-diverged', retriable: false }]);
        // And not only the first time.
        expect((await run(topic, store)).failures).toMatchObject([{ code: 'log-diverged' }]);
        outcomes.stopped += 1;
        if (String(failures[0]).includes('not in it any more')) outcomes.onlyDocumentsAhead += 1;
      }
    }
    for (const count of Object.values(outcomes)) expect(count).toBeGreaterThan(3);
  });

  it('takes no document for one of the incarnation before that it has written itself', async () => {
    const topic = await restored(cuts()[3] ?? 0);
    for (let diesAt = 1; ; diesAt += 1) {
      const store = memoryReadModelStore();
      const dying = dyingStore(store, diesAt);
      await run(topic, dying);
      expect(await run(topic, store)).toEqual({ failures: [], documents: replayOf(topic) });
      if (dying.writes < diesAt) break;
    }
  });

  it('is made by two at once', async () => {
    const topic = await restored(cuts()[3] ?? 0);
    const store = memoryReadModelStore();
    const [one, other] = await Promise.all([run(topic, store), run(topic, store)]);
    expect([one?.failures, other?.failures]).toEqual([[], []]);
    expect((await run(topic, store)).documents).toEqual(replayOf(topic));
  });

  const topicWith = (upTo: number): MemoryTopic => {
    const topic = new MemoryTopic({ partitions: 1 });
    topic.append(0, records.slice(0, upTo));
    return topic;
  };
});
