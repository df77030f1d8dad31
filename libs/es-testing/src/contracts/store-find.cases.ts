import assert from 'node:assert/strict';
import type { DocumentQuery, Filter, JsonObject } from '@ledgerline/es-core';
import type { CollectionSpec } from '@ledgerline/es-core/adapter';
import { assertSame } from '../specification/same.js';
import { fill, idsOf, PARCELS, type StoreCase, storedBy, write, writeOf } from './store-harness.js';

const NUMBERS: Readonly<Record<string, JsonObject>> = {
  minus: { n: -5.5 },
  zero: { n: 0 },
  two: { n: 2 },
  ten: { n: 10 },
  text: { n: '3' },
  no: { n: false },
  yes: { n: true },
  null: { n: null },
  missing: { m: 1 },
};

const FILTERS: readonly (readonly [filter: Filter, ids: readonly string[]])[] = [
  [{}, Object.keys(NUMBERS)],
  [{ n: 2 }, ['two']],
  [{ n: '3' }, ['text']],
  [{ n: true }, ['yes']],
  [{ n: false }, ['no']],
  [{ n: 3 }, []],
  [{ n: '2' }, []],
  [{ n: null }, ['null', 'missing']],
  [{ n: { $eq: 0 } }, ['zero']],
  [{ n: { $eq: null } }, ['null', 'missing']],
  [{ n: { $ne: 2 } }, ['minus', 'zero', 'ten', 'text', 'no', 'yes', 'null', 'missing']],
  [{ n: { $ne: null } }, ['minus', 'zero', 'two', 'ten', 'text', 'no', 'yes']],
  [{ n: { $in: [2, '3', true] } }, ['two', 'text', 'yes']],
  [{ n: { $in: [null, 10] } }, ['ten', 'null', 'missing']],
  [{ n: { $in: [] } }, []],
  [{ n: { $gt: 0 } }, ['two', 'ten']],
  [{ n: { $gte: 0 } }, ['zero', 'two', 'ten']],
  [{ n: { $lt: 2 } }, ['minus', 'zero']],
  [{ n: { $lte: 2 } }, ['minus', 'zero', 'two']],
  [{ n: { $gt: -6, $lt: 10, $ne: 0 } }, ['minus', 'two']],
  [{ n: { $gte: 2, $lte: 2 } }, ['two']],
  [{ n: { $gt: 10 } }, []],
  [{ n: { $gt: '2' } }, ['text']],
  [{ n: { $lt: '2' } }, []],
  [{ n: { $gt: false } }, ['yes']],
  [{ m: 1 }, ['missing']],
  [{ n: 2, m: 1 }, []],
];

const ORDERS_OF_TWO: Readonly<Record<string, JsonObject>> = {
  'o-1': { keeper: { id: 'c-1', country: 'France' }, status: 'created', total: 5 },
  'o-2': { keeper: { id: 'c-1', country: 'EIRE' }, status: 'paid', total: 7 },
  'o-3': { keeper: { id: 'c-2', country: 'France' }, status: 'paid', total: 7 },
  'o-4': { keeper: { id: 'c-2', country: 'France' }, status: 'cancelled', total: 9 },
  'o-5': { keeper: null, status: 'paid', total: 11 },
};

const COMBINED: readonly (readonly [filter: Filter, ids: readonly string[]])[] = [
  [{ 'keeper.id': 'c-1' }, ['o-1', 'o-2']],
  [{ 'keeper.country': { $in: ['France', 'Spain'] }, status: 'paid' }, ['o-3']],
  [{ 'keeper.id': null }, ['o-5']],
  [{ $or: [{ status: 'created' }, { total: { $gte: 9 } }] }, ['o-1', 'o-4', 'o-5']],
  [{ $and: [{ 'keeper.id': 'c-2' }, { status: 'paid' }] }, ['o-3']],
  [{ $and: [{ total: { $gt: 5 } }, { total: { $lt: 9 } }] }, ['o-2', 'o-3']],
  [{ status: 'paid', $or: [{ 'keeper.id': 'c-2' }, { total: 11 }] }, ['o-3', 'o-5']],
  [{ $and: [{ $or: [{ status: 'paid' }, { status: 'created' }] }, { total: 7 }] }, ['o-2', 'o-3']],
  [{ $or: [{ $and: [{ status: 'paid' }, { total: 11 }] }, { status: 'cancelled' }] }, ['o-4', 'o-5']],
  [{ $or: [{ status: 'lost' }] }, []],
];

const TEXTS = ['', '10', '9', 'A', 'Z', 'a', 'a b', 'a-b', 'ab', 'z', 'é', '東'];
const SORTED: Readonly<Record<string, JsonObject>> = Object.fromEntries(
  [
    ...TEXTS.map((text): JsonObject => ({ v: text })),
    ...[-10, -1.5, 0, 2, 10, 100].map((v): JsonObject => ({ v })),
    ...[{ v: false }, { v: true }, { v: null }, {}],
  ].map((document, i) => [`id-${(i * 7) % 22}`, document]),
);

const idsWhere = (isOfType: (value: unknown) => boolean): string[] =>
  Object.entries(SORTED).flatMap(([id, { v }]) => (isOfType(v) ? [id] : []));

/** Ids in the order of `v`: nothing, numbers, strings by code unit, booleans, as MongoDB has it. */
const SORTED_BY_V = [
  ...idsWhere((v) => v == null).sort(),
  ...idsWhere((v) => typeof v === 'number'),
  ...idsWhere((v) => typeof v === 'string'),
  ...idsWhere((v) => typeof v === 'boolean'),
];

/** With an index over the fields and without: the answers are the same. */
const eachWay = (name: string, index: CollectionSpec['indexes'][number], run: (w: Way) => Promise<void>): StoreCase[] =>
  [[], [index]].map((indexes) => ({
    name: indexes.length === 0 ? name : `${name}, with an index`,
    run: async ({ store }) =>
      run({
        fill: (documents) => fill(store, documents, indexes),
        find: (query) => idsOf(store, query),
      }),
  }));

interface Way {
  fill(documents: Readonly<Record<string, JsonObject>>): Promise<void>;
  find(query: DocumentQuery): Promise<string[]>;
}

/** Queries: `find`. */
export const STORE_FIND_CASES: readonly StoreCase[] = [
  ...eachWay('finds by every operator, and compares only values of one type', [['n', 1]], async ({ fill, find }) => {
    await fill(NUMBERS);
    for (const [filter, ids] of FILTERS)
      assertSame(await find({ filter }), [...ids].sort(), `found by ${JSON.stringify(filter)}`);
  }),
  ...eachWay(
    'finds by dotted fields, $and and $or',
    [
      ['keeper.id', 1],
      ['status', -1],
    ],
    async ({ fill, find }) => {
      await fill(ORDERS_OF_TWO);
      for (const [filter, ids] of COMBINED)
        assertSame(await find({ filter }), ids, `found by ${JSON.stringify(filter)}`);
    },
  ),
  ...eachWay(
    'sorts numbers as numbers, strings by code unit, and nothing first',
    [['v', 1]],
    async ({ fill, find }) => {
      await fill(SORTED);
      assertSame(await find({ sort: [['v', 1]] }), SORTED_BY_V);
      assertSame(await find({ sort: [['v', 1]], limit: 9 }), SORTED_BY_V.slice(0, 9));
      const ties = SORTED_BY_V.slice(0, 2);
      assertSame(await find({ sort: [['v', -1]] }), [...SORTED_BY_V.slice(2).reverse(), ...ties]);
      assertSame(await find({ sort: [['v', -1]], limit: 4 }), SORTED_BY_V.slice(-4).reverse());
    },
  ),
  ...eachWay(
    'sorts by several fields in order of weight, ties by id',
    [
      ['a', 1],
      ['b.c', -1],
    ],
    async ({ fill, find }) => {
      await fill({
        ...{ f: { a: 1, b: { c: 1 } }, e: { a: 1, b: { c: 2 } }, d: { a: 1, b: { c: 2 } }, B: { a: 1, b: { c: 2 } } },
        ...{ c: { a: 0, b: { c: 5 } }, a: { a: 2, b: { c: 1 } }, x: { a: 2 } },
      });
      assertSame(
        await find({
          sort: [
            ['a', 1],
            ['b.c', -1],
          ],
        }),
        ['c', 'B', 'd', 'e', 'f', 'a', 'x'],
      );
      assertSame(
        await find({
          sort: [
            ['a', -1],
            ['b.c', 1],
          ],
        }),
        ['x', 'a', 'f', 'B', 'd', 'e', 'c'],
      );
      assertSame(await find({ sort: [['a', -1]] }), ['a', 'x', 'B', 'd', 'e', 'f', 'c']);
      assertSame(await find({ sort: [['b.c', -1]], limit: 3 }), ['c', 'B', 'd']);
      assertSame(
        await find({
          sort: [
            ['a', 1],
            ['b.c', -1],
          ],
          limit: 3,
        }),
        ['c', 'B', 'd'],
      );
    },
  ),
  ...eachWay('gives the documents by id when nothing is said about the order', [['n', -1]], async ({ fill, find }) => {
    await fill({ c: { n: 3 }, B: { n: 1 }, '10': { n: 2 }, '9': { n: 5 }, a: { n: 4 }, é: { n: 6 } });
    assertSame(await find({}), ['10', '9', 'B', 'a', 'c', 'é']);
    assertSame(await find({ filter: { n: { $gt: 2 } } }), ['9', 'a', 'c', 'é']);
    assertSame(await find({ filter: { n: { $gt: 2 } }, limit: 2 }), ['9', 'a']);
    assertSame(await find({ limit: 100 }), ['10', '9', 'B', 'a', 'c', 'é']);
  }),
  ...eachWay('pages through the documents by id', [['n', -1]], async ({ fill, find }) => {
    await fill({
      c: { n: 3 },
      B: { n: 1 },
      '10': { n: 2 },
      'a\u0000': { n: 5 },
      a: { n: 4 },
      ab: { n: 6 },
      é: { n: 7 },
    });
    const pages: (readonly string[])[] = [];
    for (let after: string | undefined; pages.length < 5; after = pages.at(-1)?.at(-1))
      pages.push(await find(after === undefined ? { limit: 3 } : { limit: 3, after }));
    assertSame(pages, [['10', 'B', 'a'], ['a\u0000', 'ab', 'c'], ['é'], [], ['10', 'B', 'a']]);
    assertSame(await find({ after: 'aa', filter: { n: { $gt: 3 } } }), ['ab', 'é']);
    assertSame(await find({ after: 'B', sort: [['n', -1]], limit: 2 }), ['é', 'ab']);
    assertSame(await find({ after: 'é' }), []);
  }),
  ...eachWay('pages through ties by a filter on what came last', [['total', -1]], async ({ fill, find }) => {
    const documents = Array.from({ length: 23 }, (_, i): [string, JsonObject] => [
      `o-${i}`,
      { id: `o-${i}`, total: i % 4 },
    ]);
    await fill(Object.fromEntries(documents));
    const sort = [['total', -1]] as const;
    const all = await find({ sort });
    const totalOf = new Map(documents.map(([id, { total }]) => [id, Number(total)]));
    const paged: string[] = [];
    for (let page = await find({ sort, limit: 5 }); page.length > 0;) {
      paged.push(...page);
      assert.ok(paged.length <= all.length, 'the pages hold more documents than there are');
      const last = paged.at(-1) ?? '';
      const total = totalOf.get(last) ?? 0;
      const filter: Filter = { $or: [{ total: { $lt: total } }, { total, id: { $gt: last } }] };
      page = await find({ sort, limit: 5, filter });
    }
    assertSame(paged, all);
    assertSame(all.length, 23);
  }),
  {
    name: 'finds a document by what it holds now, and not by what it held before',
    run: async ({ store }) => {
      await fill(store, { a: { n: 1 }, b: { n: 2 } }, [[['n', 1]]]);
      const moved = writeOf('a', { n: 3 }, { expectedRevision: 1, positions: { 'parcels.events/0': 99 } });
      await write(store, moved);
      assertSame(await idsOf(store, { filter: { n: 1 } }), []);
      assertSame(await store.find(PARCELS, { filter: { n: 3 } }), [storedBy(moved)]);
      assertSame(await idsOf(store, { sort: [['n', -1]] }), ['a', 'b']);
    },
  },
];
