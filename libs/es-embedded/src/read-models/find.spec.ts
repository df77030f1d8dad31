import type { DocumentQuery, Filter, Json, JsonObject, ReadModelStore, Scalar } from '@ledgerline/es-core';
import { Query } from 'mingo';
import { Opened } from '../fixtures/opened.js';
import { scratch } from '../fixtures/scratch.js';
import { seed, seeded } from '../fixtures/seeded.js';
import { compareBy, type SortField } from './document-order.js';
import { openEmbeddedReadModels } from './open-embedded-read-models.js';
import { planOf } from './query-plan.js';

const newDirectory = scratch();
const opened = new Opened();
afterEach(() => opened.close());
const openStore = (): Promise<ReadModelStore> => opened.add(openEmbeddedReadModels({ directory: newDirectory() }));

const FIELDS = ['customer', 'status', 'placed.at', 'total'] as const;
const INDEXES: readonly (readonly SortField[])[] = [
  [
    ['customer', 1],
    ['placed.at', -1],
  ],
  [
    ['status', -1],
    ['total', 1],
  ],
  [['placed.at', -1]],
  [
    ['total', 1],
    ['customer', 1],
    ['status', 1],
  ],
] as const;

// Few values, so that they meet; among them all that is hard to put in order.
const SCALARS: readonly Scalar[] = [
  null,
  true,
  false,
  0,
  -1.5,
  2,
  1e300,
  '',
  'a',
  'a\0',
  'aa',
  'ü',
  '\uffee',
  '🚚',
  'x'.repeat(200),
];
const VALUES: readonly (Json | undefined)[] = [...SCALARS, undefined, ['a', 2], { at: 1 }, -0, 'x'.repeat(201)];

type Pick = <T>(from: readonly T[]) => T;

const documentOf = (pick: Pick): JsonObject => {
  const document: Record<string, Json> = {};
  for (const field of ['customer', 'status', 'total']) {
    const value = pick(VALUES);
    if (value !== undefined) document[field] = value;
  }
  const at = pick(VALUES) ?? null;
  document['placed'] = pick<Json>([{}, { at }, { at }, 'nowhere', [{ at: 'a' }]]);
  return document;
};

const conditionOf = (pick: Pick): Filter[string] => {
  const operator = pick(['', '', '$eq', '$ne', '$in', '$gt', '$gte', '$lt', '$lte', 'both'] as const);
  if (operator === '') return pick(SCALARS);
  if (operator === '$in') return { $in: pick([[], [pick(SCALARS)], [pick(SCALARS), pick(SCALARS)]]) };
  return operator === 'both' ? { $gte: pick(SCALARS), $lt: pick(SCALARS) } : { [operator]: pick(SCALARS) };
};

const filterOf = (pick: Pick, depth = 0): Filter => {
  const filter: Filter = Object.fromEntries(pick([[], [0], [0, 1]]).map(() => [pick(FIELDS), conditionOf(pick)]));
  if (depth > 1 || pick([true, true, false])) return filter;
  const inner = [filterOf(pick, depth + 1), filterOf(pick, depth + 1)];
  return pick([true, false]) ? { ...filter, $and: inner } : { ...filter, $or: inner };
};

const queryOf = (pick: Pick): DocumentQuery => ({
  ...(pick([true, true, false]) && { filter: filterOf(pick) }),
  ...(pick([true, true, false]) && {
    sort: pick([...INDEXES, [[pick(FIELDS), pick([1, -1] as const)] as const], [['placed.at', -1]]]),
  }),
  ...(pick([true, false]) && { limit: pick([0, 1, 3, 10]) }),
});

describe(`finding embedded read models (seed ${seed})`, () => {
  it('answers by indexes just what looking at every document answers', async () => {
    const random = seeded(seed);
    const pick: Pick = (from) => {
      for (const one of from.slice(Math.floor(random() * from.length))) return one;
      throw new Error('nothing to pick from');
    };
    const store = await openStore();
    await store.ensure({ name: 'orders', indexes: INDEXES });
    const documents = new Map<string, JsonObject | undefined>();
    for (let round = 1; round <= 3; round += 1) {
      const ids = Array.from({ length: 120 }, (_, i) => `o${i}${['ü', '🚚', '\uffee', '', 'a'][i % 5]}`);
      const writes = ids.map((id) => {
        const document = round > 1 && pick([true, false, false]) ? undefined : documentOf(pick);
        documents.set(id, document);
        return { id, document, positions: {}, expectedRevision: round - 1 };
      });
      expect(await store.write('orders', writes)).toEqual([]);
      for (let i = 0; i < 200; i += 1) await expectSame(store, documents, queryOf(pick));
    }
  }, 60_000);

  it('fills an index that is added later', async () => {
    const store = await openStore();
    await store.ensure({ name: 'orders', indexes: [] });
    const writes = ['b', 'a'].map((customer) => ({
      id: customer,
      document: { customer },
      positions: {},
      expectedRevision: 0,
    }));
    await store.write('orders', writes);
    await store.ensure({ name: 'orders', indexes: [[['customer', -1]]] });
    expect((await store.find('orders', { sort: [['customer', -1]], limit: 2 })).map(({ id }) => id)).toEqual([
      'b',
      'a',
    ]);
  });
});

const expectSame = async (
  store: ReadModelStore,
  documents: ReadonlyMap<string, JsonObject | undefined>,
  query: DocumentQuery,
): Promise<void> => {
  const filter = new Query(query.filter ?? {});
  const expected = [...documents]
    .flatMap(([id, document]) => (document && filter.test(document) ? [{ id, document }] : []))
    .sort(compareBy(query.sort ?? []))
    .slice(0, query.limit);
  const found = await store.find('orders', query);
  expect([query, found.map(({ id }) => id)]).toEqual([query, expected.map(({ id }) => id)]);
};

describe('the plan of a query', () => {
  const planned = (query: DocumentQuery) => {
    const plan = planOf(1, INDEXES, query);
    return plan && [plan.index, plan.sorted];
  };

  it.each<[string, DocumentQuery, [number, boolean] | undefined]>([
    ['equality, in the order of the index', { filter: { customer: 'c' }, sort: [['placed.at', -1]] }, [0, true]],
    ['equality and a range', { filter: { status: 'paid', total: { $gte: 1 } } }, [1, false]],
    ['a range alone', { filter: { 'placed.at': { $lt: '2026' } } }, [2, false]],
    ['conditions inside $and', { filter: { $and: [{ customer: 'c' }, { 'placed.at': { $gt: '2026' } }] } }, [0, false]],
    ['only the first so many', { sort: [['placed.at', -1]], limit: 10 }, [2, true]],
    ['everything in order: sorting is cheaper than looking each one up', { sort: [['placed.at', -1]] }, undefined],
    ['no field that leads an index', { filter: { other: 1 } }, undefined],
    ['alternatives', { filter: { $or: [{ customer: 'a' }, { customer: 'b' }] } }, undefined],
  ])('uses the right index for %s', (_, query, expected) => {
    expect(planned(query)).toEqual(expected);
  });
});
