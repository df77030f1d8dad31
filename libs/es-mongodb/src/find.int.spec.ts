import type { DocumentQuery, Filter, Json, JsonObject, ReadModelStore, Scalar } from '@ledgerline/es-core';
import { memoryReadModelStore, seededRandom } from '@ledgerline/es-testing';
import { describeWithMongo, ScratchDatabase } from './fixtures/databases.js';

const seed = Number(process.env['SPEC_SEED'] ?? Date.now() % 1_000_000);
const FIELDS = ['customer', 'status', 'placed.at', 'total'] as const;
const INDEXES = [
  [
    ['customer', 1],
    ['placed.at', -1],
  ],
  [['total', -1]],
] as const;

// Few values, so that they meet; among them all that is hard to put in order, but for arrays and characters above U+FFFF.
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
  'aa',
  'ü',
  '\uffee',
  'x'.repeat(200),
];
const VALUES: readonly (Json | undefined)[] = [...SCALARS, undefined, -0];
const OPERATORS = ['$eq', '$ne', '$gt', '$gte', '$lt', '$lte'] as const;

type Pick = <T>(from: readonly T[]) => T;

const picking = (random: () => number): Pick => {
  return (from) => {
    for (const one of from.slice(Math.floor(random() * from.length))) return one;
    throw new Error('nothing to pick from');
  };
};

const documentOf = (pick: Pick): JsonObject => {
  const document: Record<string, Json> = {};
  for (const field of ['customer', 'status', 'total']) {
    const value = pick(VALUES);
    if (value !== undefined) document[field] = value;
  }
  const at = pick(VALUES) ?? null;
  return { ...document, placed: pick<Json>([{}, { at }, { at }, 'nowhere', null]) };
};

const conditionOf = (pick: Pick): Filter[string] => {
  const operator = pick(['', '', '$in', 'both', ...OPERATORS] as const);
  if (operator === '') return pick(SCALARS);
  if (operator === '$in') return { $in: pick([[], [pick(SCALARS)], [pick(SCALARS), pick(SCALARS)]]) };
  if (operator === '$eq' || operator === '$ne') return { [operator]: pick(SCALARS) };
  // Not about null, which the local server finds neither at least nor at most null.
  const [one, other] = [pick(SCALARS.slice(1)), pick(SCALARS.slice(1))];
  return operator === 'both' ? { $gte: one, $lt: other } : { [operator]: one };
};

const filterOf = (pick: Pick, depth = 0): Filter => {
  const filter: Filter = Object.fromEntries(pick([[], [0], [0, 1]]).map(() => [pick(FIELDS), conditionOf(pick)]));
  if (depth > 1 || pick([true, true, false])) return filter;
  const inner = pick([[], [filterOf(pick, depth + 1), filterOf(pick, depth + 1)]]);
  return pick([true, false]) ? { ...filter, $and: inner } : { ...filter, $or: inner };
};

const queryOf = (pick: Pick): DocumentQuery => ({
  ...(pick([true, true, false]) && { filter: filterOf(pick) }),
  ...(pick([true, true, false]) && {
    sort: pick([...INDEXES, [[pick(FIELDS), pick([1, -1] as const)] as const], [['placed.at', 1]]]),
  }),
  ...(pick([true, false]) && { limit: pick([0, 1, 3, 10]) }),
  ...(pick([true, false, false]) && { after: pick(['', 'o1', 'o57', 'o99\uffee', 'p']) }),
});

describeWithMongo(`finding read models in MongoDB (seed ${seed})`, () => {
  let database: ScratchDatabase;

  beforeEach(() => {
    database = new ScratchDatabase();
  });
  afterEach(() => database.dispose());

  it('answers just what the store in memory answers', async () => {
    const pick = picking(seededRandom(seed));
    const stores: readonly ReadModelStore[] = [await database.open(), memoryReadModelStore()];
    const writes = Array.from({ length: 120 }, (_, i) => ({
      ...{ id: `o${i}${['ü', '\uffee', '', 'a'][i % 4]}`, positions: {}, expectedRevision: 0 },
      document: pick([true, true, true, false]) ? documentOf(pick) : undefined,
    }));
    for (const store of stores) {
      await store.ensure({ name: 'orders', indexes: INDEXES });
      expect(await store.write('orders', writes)).toEqual([]);
    }
    for (let i = 0; i < 300; i += 1) {
      const query = queryOf(pick);
      const [found, expected] = await Promise.all(stores.map((store) => store.find('orders', query)));
      expect([query, found?.map(({ id }) => id)]).toEqual([query, expected?.map(({ id }) => id)]);
    }
  }, 120_000);
});
