import type { ReadModelStore } from '@ledgerline/es-core/adapter';
import { MEETING_SCALARS, memoryReadModelStore, RandomFinds, seededRandom, specSeed } from '@ledgerline/es-testing';
import { describeWithMongo, ScratchDatabase } from './fixtures/databases.js';

const INDEXES = [
  [
    ['keeper', 1],
    ['placed.at', -1],
  ],
  [['total', -1]],
] as const;

describeWithMongo(`finding read models in MongoDB (seed ${specSeed})`, () => {
  let database: ScratchDatabase;

  beforeEach(() => {
    database = new ScratchDatabase();
  });
  afterEach(() => database.dispose());

  it('answers just what the store in memory answers', async () => {
    const finds = new RandomFinds({
      // No arrays and characters above U+FFFF: they are in no order, or in another one.
      ...{ random: seededRandom(specSeed), indexes: INDEXES, scalars: MEETING_SCALARS, emptyLists: true },
      // No ranges from or to null, which the local server finds neither at least nor at most null.
      ...{ others: [undefined], elsewhere: ['nowhere', null], bounds: MEETING_SCALARS.slice(1) },
      afters: ['', 'o1', 'o57', 'o99\uffee', 'p'],
    });
    const stores: readonly ReadModelStore[] = [await database.open(), memoryReadModelStore()];
    const writes = Array.from({ length: 120 }, (_, i) => ({
      ...{ id: `o${i}${['ü', '\uffee', '', 'a'][i % 4]}`, positions: {}, expectedRevision: 0 },
      document: finds.pick([true, true, true, false]) ? finds.document() : undefined,
    }));
    for (const store of stores) {
      await store.ensure({ name: 'parcels', indexes: INDEXES });
      expect(await store.write('parcels', writes)).toEqual([]);
    }
    for (let i = 0; i < 300; i += 1) {
      const query = finds.query();
      const [found, expected] = await Promise.all(stores.map((store) => store.find('parcels', query)));
      expect([query, found?.map(({ id }) => id)]).toEqual([query, expected?.map(({ id }) => id)]);
    }
  }, 120_000);
});
