import assert from 'node:assert/strict';
import type { JsonObject } from '@ledgerline/es-core';
import { DocumentRefused } from '@ledgerline/es-core/adapter';
import fc from 'fast-check';
import { assertSame } from '../specification/same.js';
import { collectionOf, loaded, parkedAt, type StoreCase, storedBy, write, writeOf } from './store-harness.js';

const seed = Number(process.env['FC_SEED'] ?? 1);

const NAMES = [
  ...[
    '',
    ' ',
    '.',
    '$',
    '$where',
    '$set',
    '$gt',
    '$date',
    '$oid',
    '$numberLong',
    'a.b',
    '.a',
    'a.',
    '$a.b',
    '0',
    '-1',
    'a b',
  ],
  ...[
    'constructor',
    'prototype',
    'toString',
    'hasOwnProperty',
    'length',
    '_id',
    'id',
    'toJSON',
    'toBSON',
    '東京',
    '😀',
    '\uffff',
  ],
];
const NUMBERS = [
  ...[0, 1, -1, 0.1, -0.5, 2 ** 31 - 1, 2 ** 31, -(2 ** 31), 2 ** 32, 2 ** 53 - 1, 2 ** 53, 2 ** 53 + 2, -(2 ** 53)],
  ...[2 ** 63, 2 ** 64, 1e21, 1e22, 1e23, 1e308, Number.MAX_VALUE, Number.MIN_VALUE, -Number.MIN_VALUE, Number.EPSILON],
];
const TEXTS = [
  ...[
    '',
    ' ',
    '\0',
    'a\0b',
    '\u0001\u001f\u007f\u0085',
    '\t\r\n',
    '"\\/',
    '\\ud83d',
    '\u2028\u2029',
    '\ufeff',
    '\ufffd',
    '\uffff',
  ],
  ...[
    'Curac\u0327ao',
    'Cura\u00e7ao',
    '😀',
    '👩‍🚀',
    '\u{10ffff}',
    'x'.repeat(100_000),
    '2010-12-01T08:26:00.000Z',
    '$ref',
    '__proto__',
  ],
];

/** One whose own field is called `__proto__`. */
const WITH_PROTO = JSON.parse('{"__proto__":{"polluted":true},"a":{"__proto__":null}}') as JsonObject;

const named = <T extends JsonObject[string]>(values: readonly T[]): JsonObject =>
  Object.fromEntries(values.map((value, i) => [`n${i}`, value]));

const storable: readonly (readonly [what: string, document: JsonObject])[] = [
  ['names', Object.fromEntries(NAMES.map((name, i) => [name, i]))],
  ['names inside', { a: [Object.fromEntries(NAMES.map((name) => [name, { [name]: name }]))] }],
  ['names with lists', Object.fromEntries(NAMES.map((name) => [name, [{ [name]: [{}, []] }]]))],
  ['a name __proto__', WITH_PROTO],
  ['numbers', named(NUMBERS)],
  ['numbers in a list', { list: NUMBERS }],
  ['texts', named(TEXTS)],
  ['50 levels', nested(49)],
];

/** What not every store gives back as it is, and where. */
const refused: readonly (readonly [what: string, document: unknown, field: string])[] = [
  ['half of a surrogate pair', { a: 'half \ud83d' }, 'a'],
  ['the other half', { a: ['', { b: '\ude00!' }] }, 'a.1.b'],
  ['halves in the wrong order', { a: '\ude00\ud83d' }, 'a'],
  ['half of a surrogate pair in a name', { a: { '\ud83d': 1 } }, 'a.\ud83d'],
  ...[NaN, Infinity, -Infinity, -0].map((number) => [`the number ${number}`, { a: { b: [number] } }, 'a.b.0'] as const),
  ['a name with U+0000', { 'a\0b': 1 }, 'a\0b'],
  ...['$ref', '$id', '$db', '_bsontype'].map(
    (name) => [`the name ${name}`, { a: { [name]: 'x' } }, `a.${name}`] as const,
  ),
  ['a date', { a: new Date(0) }, 'a'],
  ['a map', { a: new Map() }, 'a'],
  ['a bigint', { a: 1n }, 'a'],
  ['a function', { a: () => 1 }, 'a'],
  ['nothing in a list', { a: [1, undefined] }, 'a.1'],
  ['51 levels', nested(50), Array.from({ length: 50 }, () => 'a').join('.')],
];

/** Any that a store has to give back. */
const anyDocument = fc.letrec<{ value: JsonObject[string]; object: JsonObject }>((tie) => {
  const text = fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom(...TEXTS.filter(({ length }) => length < 100)));
  const name = fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom(...NAMES));
  const double = fc.double({ noNaN: true, noDefaultInfinity: true }).map((number) => (number === 0 ? 0 : number));
  return {
    object: fc.dictionary(
      name.filter((one) => !/\0|^\$(ref|id|db)$|^_bsontype$/.test(one)),
      tie('value'),
      { maxKeys: 5 },
    ),
    value: fc.oneof(
      { maxDepth: 4 },
      ...[text, double, fc.maxSafeInteger(), fc.constantFrom(...NUMBERS), fc.constantFrom(null, true, false)],
      ...[fc.array(tie('value'), { maxLength: 4 }), tie('object')],
    ),
  };
}).object;

/** What documents hold: every store gives the same back, or refuses it. */
export const STORE_CONTENT_CASES: readonly StoreCase[] = [
  {
    name: 'gives back every text, number and name that a document may hold',
    run: async ({ store }) => {
      await store.ensure(collectionOf());
      const writes = storable.map(([what, document]) => writeOf(what, document));
      await write(store, ...writes);
      for (const [i, stored] of (await loaded(store, ...storable.map(([what]) => what))).entries())
        assertSame(stored, writes[i] && storedBy(writes[i]), storable[i]?.[0]);
    },
  },
  {
    name: 'gives back any document',
    run: async ({ store }) => {
      await store.ensure(collectionOf());
      let documents = 0;
      const givesBack = fc.asyncProperty(anyDocument, fc.string({ unit: 'binary' }), async (document, name) => {
        const one = writeOf(`${(documents += 1)} ${name}`, document);
        await write(store, one);
        assertSame(await loaded(store, one.id), [storedBy(one)]);
      });
      await fc.assert(givesBack, { seed, numRuns: 200 });
    },
  },
  {
    name: 'refuses a document that it could not give back, names the field, and writes nothing',
    run: async ({ store }) => {
      await store.ensure(collectionOf());
      for (const [what, document, field] of refused) {
        const writing = store.write(collectionOf().name, [writeOf('a'), writeOf('b', document as JsonObject)]);
        await assert.rejects(writing, refusalOf('b', field), what);
      }
      await assert.rejects(store.write(collectionOf().name, [writeOf('\ud83d')]), DocumentRefused);
      const parked = { ...parkedAt(1), reason: 'half \ud83d' };
      await assert.rejects(store.write(collectionOf().name, [writeOf('b', {}, { parked })]), refusalOf('b', 'reason'));
      assertSame(await loaded(store, 'a', 'b', '\ud83d', '\ufffd'), [undefined, undefined, undefined, undefined]);
    },
  },
  {
    name: 'gives back every text, number and name that a record may hold, and refuses others',
    run: async ({ store }) => {
      for (const [what, value] of storable) {
        assertSame(await store.saveRecord(what, value, 0), true);
        assertSame(await store.record(what), { value, revision: 1 }, what);
      }
      for (const [what, value, field] of refused) {
        await assert.rejects(store.saveRecord('refused', value as JsonObject, 0), refusalOf('refused', field), what);
        assertSame(await store.record('refused'), undefined, what);
      }
    },
  },
];

const refusalOf = (id: string, field: string) => (error: unknown) => {
  assert.ok(error instanceof DocumentRefused, String(error));
  assertSame([error.code, error.retriable, error.facts], ['document-refused', false, { id, field }]);
  return true;
};

function nested(levels: number): JsonObject {
  return levels === 0 ? {} : { a: nested(levels - 1) };
}
