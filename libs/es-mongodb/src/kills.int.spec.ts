import type { Platform } from '@ledgerline/es-core';
import type { ReadModelStore } from '@ledgerline/es-core/adapter';
import { collectionOf, Generations } from '@ledgerline/es-core/generations';
import { PartitionHeads } from '@ledgerline/es-core/runtime';
import { eventually, memoryReadModelStore, testPlatform } from '@ledgerline/es-testing';
import { describeWithMongo, ScratchDatabase } from './fixtures/databases.js';
import { MortalLink } from './fixtures/mortal-link.js';
import { visitedLog, visits } from './fixtures/visits.js';
import { openMongoReadModels } from './open-mongo-read-models.js';

const WITHIN_MS = 120_000;
/** What waits in a process waits shorter, so that a life is short. */
const TIMES_FASTER = 20;
/** Writes of one life at least: marks, indexes, records, chunks, checkpoints and drops. */
const MANY = 20;
/** Deaths until what is left to be written is less than the next life may write. */
const FEW = 5;

const machine = testPlatform({ seed: 1 });
const platform: Platform = { ...machine, setTimer: (ms, run) => machine.setTimer(ms / TIMES_FASTER, run) };

let source: Awaited<ReturnType<typeof visitedLog>>;
beforeAll(async () => {
  source = await visitedLog(machine);
});
afterAll(() => source.log.close());

const keep = (store: ReadModelStore, onTrouble: (error: unknown) => void): Generations =>
  new Generations({
    ...{ projection: visits, sources: [source], store, platform, heads: new PartitionHeads(platform) },
    ...{ parkedLimit: 0, keepPreviousMs: 1, onTrouble },
  });

/** Resolves when everything is folded, and there is nothing but what answers; or when that is not to be waited for any more. */
const settled = (kept: Generations, store: ReadModelStore, isOver = (): boolean => false): Promise<void> =>
  eventually(async () => {
    if (isOver()) return;
    const { live, filling, previous, nextNumber } = kept.record;
    expect([live, filling, previous]).toEqual([expect.anything(), undefined, undefined]);
    const heads = new PartitionHeads(platform);
    const ends = [await heads.ordinal(source, 0), await heads.ordinal(source, 1)];
    expect(kept.status().map(({ ordinal }) => ordinal)).toEqual(ends);
    // A kill before the record was written leaves the next one behind, which the next change takes.
    const left = collectionOf('visits', { revision: 1, number: nextNumber });
    expect((await store.collections()).filter((name) => name !== left)).toEqual([kept.collection]);
  });

/** What a process does once everything is folded. */
type Afterwards = (kept: Generations) => Promise<void>;

/** A process that folds everything. True when it came to its end before the write at which it was to die. */
const livesUntil = async (diesAt: number, { uri }: ScratchDatabase, afterwards: Afterwards): Promise<boolean> => {
  const link = await MortalLink.to(Number(new URL(uri).port), diesAt);
  try {
    // On a busy machine it may be missed at first.
    const store = await eventually(() => openMongoReadModels({ uri: link.of(uri) }));
    return await lives(store, link, afterwards);
  } finally {
    await link.close();
  }
};

const lives = async (store: ReadModelStore, link: MortalLink, afterwards: Afterwards): Promise<boolean> => {
  // Of a dead process nobody hears; what it has left behind is looked at below.
  const kept = keep(store, () => undefined);
  const life = async (): Promise<true> => {
    await kept.start();
    await settled(kept, store, () => link.isDead);
    await afterwards(kept);
    await settled(kept, store, () => link.isDead);
    return true;
  };
  try {
    return await Promise.race([link.death.then(() => false), life()]);
  } finally {
    await Promise.allSettled([kept.close()]); // The dead save nothing.
    await store.close();
  }
};

/** All documents and what they say they have applied, when a process has folded everything that lives on. */
const documentsIn = async (store: ReadModelStore): Promise<unknown> => {
  const troubles: unknown[] = [];
  const kept = keep(store, (error) => troubles.push(error));
  try {
    await kept.start();
    await settled(kept, store);
    expect(troubles).toEqual([]);
    const found = await store.find(kept.collection, {});
    return Object.fromEntries(found.map(({ id, document, positions }) => [id, { document, positions }]));
  } finally {
    await kept.close();
  }
};

describeWithMongo('a process that is killed between two writes to MongoDB', () => {
  let database: ScratchDatabase;
  let replayed: unknown;

  beforeAll(async () => {
    replayed = await documentsIn(memoryReadModelStore());
  });
  beforeEach(() => {
    database = new ScratchDatabase();
  });
  afterEach(() => database.dispose());

  it(
    'leaves documents that are as a replay makes them, whichever write it was',
    async () => {
      let diesAt = 1;
      while (!(await livesUntil(diesAt, database, (kept) => kept.rebuild()))) {
        expect({ diesAt, documents: await documentsIn(await database.open()) }).toEqual({
          diesAt,
          documents: replayed,
        });
        await database.dispose();
        database = new ScratchDatabase();
        diesAt += 1;
      }
      expect(diesAt).toBeGreaterThan(MANY);
    },
    WITHIN_MS,
  );

  it(
    'again and again, a write later each time, comes to its end all the same',
    async () => {
      let diesAt = 1;
      while (!(await livesUntil(diesAt, database, () => Promise.resolve()))) diesAt += 1;
      expect(diesAt).toBeGreaterThan(FEW);
      expect(await documentsIn(await database.open())).toEqual(replayed);
    },
    WITHIN_MS,
  );
});
