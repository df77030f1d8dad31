import type { DocumentQuery, JsonObject } from '@ledgerline/es-core';
import type { ReadModelStore } from '@ledgerline/es-core/adapter';
import { MEETING_SCALARS, RandomFinds, seededRandom, specSeed } from '@ledgerline/es-testing';
import { Query } from 'mingo';
import { Opened } from '../fixtures/opened.js';
import { scratch } from '../fixtures/scratch.js';
import { compareBy, type SortField } from './document-order.js';
import { openEmbeddedReadModels } from './open-embedded-read-models.js';
import { planOf } from './query-plan.js';

const newDirectory = scratch();
const opened = new Opened();
afterEach(() => opened.close());
const openStore = (): Promise<ReadModelStore> => opened.add(openEmbeddedReadModels({ directory: newDirectory() }));

const INDEXES: readonly (readonly SortField[])[] = [
  [
    ['keeper', 1],
    ['placed.at', -1],
  ],
  [
    ['status', -1],
    ['total', 1],
  ],
  [['placed.at', -1]],
  [
    ['total', 1],
    ['keeper', 1],
    ['status', 1],
  ],
] as const;

const SCALARS = [...MEETING_SCALARS, 'a\0', '🚚'];

describe(`finding embedded read models (seed ${specSeed})`, () => {
  it('answers by indexes just what looking at every document answers', async () => {
    const finds = new RandomFinds({
      ...{ random: seededRandom(specSeed), indexes: INDEXES, scalars: SCALARS, bounds: SCALARS, emptyLists: false },
      others: [undefined, ['a', 2], { at: 1 }, 'x'.repeat(201)],
      ...{ elsewhere: ['nowhere', [{ at: 'a' }]], afters: ['', 'o1', 'o57', 'o99\uffee', 'p'] },
    });
    const store = await openStore();
    await store.ensure({ name: 'parcels', indexes: INDEXES });
    const documents = new Map<string, JsonObject | undefined>();
    for (let round = 1; round <= 3; round += 1) {
      const ids = Array.from({ length: 120 }, (_, i) => `o${i}${['ü', '🚚', '\uffee', '', 'a'][i % 5]}`);
      const writes = ids.map((id) => {
        const document = round > 1 && finds.pick([true, false, false]) ? undefined : finds.document();
        documents.set(id, document);
        return { id, document, positions: {}, expectedRevision: round - 1 };
      });
      expect(await store.write('parcels', writes)).toEqual([]);
      for (let i = 0; i < 200; i += 1) await expectSame(store, documents, finds.query());
    }
  }, 60_000);

  it('fills an index that is added later', async () => {
    const store = await openStore();
    await store.ensure({ name: 'parcels', indexes: [] });
    const writes = ['b', 'a'].map((keeper) => ({
      id: keeper,
      document: { keeper },
      positions: {},
      expectedRevision: 0,
    }));
    await store.write('parcels', writes);
    await store.ensure({ name: 'parcels', indexes: [[['keeper', -1]]] });
    expect((await store.find('parcels', { sort: [['keeper', -1]], limit: 2 })).map(({ id }) => id)).toEqual(['b', 'a']);
  });
});

const expectSame = async (
  store: ReadModelStore,
  documents: ReadonlyMap<string, JsonObject | undefined>,
  query: DocumentQuery,
): Promise<void> => {
  const filter = new Query(query.filter ?? {});
  const expected = [...documents]
    .filter(([id]) => query.after === undefined || id > query.after)
    .flatMap(([id, document]) => (document && filter.test(document) ? [{ id, document }] : []))
    .sort(compareBy(query.sort ?? []))
    .slice(0, query.limit);
  const found = await store.find('parcels', query);
  expect([query, found.map(({ id }) => id)]).toEqual([query, expected.map(({ id }) => id)]);
};

describe('the plan of a query', () => {
  const planned = (query: DocumentQuery) => {
    const plan = planOf(1, INDEXES, query);
    return plan && [plan.index, plan.sorted];
  };

  it.each<[string, DocumentQuery, [number, boolean] | undefined]>([
    ['equality, in the order of the index', { filter: { keeper: 'c' }, sort: [['placed.at', -1]] }, [0, true]],
    ['equality and a range', { filter: { status: 'paid', total: { $gte: 1 } } }, [1, false]],
    ['a range alone', { filter: { 'placed.at': { $lt: '2026' } } }, [2, false]],
    ['conditions inside $and', { filter: { $and: [{ keeper: 'c' }, { 'placed.at': { $gt: '2026' } }] } }, [0, false]],
    ['only the first so many', { sort: [['placed.at', -1]], limit: 10 }, [2, true]],
    ['everything in order: sorting is cheaper than looking each one up', { sort: [['placed.at', -1]] }, undefined],
    ['no field that leads an index', { filter: { other: 1 } }, undefined],
    ['alternatives', { filter: { $or: [{ keeper: 'a' }, { keeper: 'b' }] } }, undefined],
  ])('uses the right index for %s', (_, query, expected) => {
    expect(planned(query)).toEqual(expected);
  });
});
