import { describe, expect, it } from '@jest/globals';
import { eventType } from './catalogue/event-type.js';
import { mergedTypes, pastVersions, renamedType, retiredType, splitType } from './catalogue/past-type.js';
import { eventCatalogue } from './catalogue.js';
import { Unreadable } from './errors.js';
import type { Schema } from './schema.js';

type Renamed = { readonly type: 'CustomerRenamed'; readonly data: { readonly first: string; readonly last: string } };
type Left = { readonly type: 'CustomerLeft'; readonly data: Record<string, never> };

const schemaBy = <T>(validate: Schema<T>['~standard']['validate']): Schema<T> => ({
  '~standard': { version: 1, vendor: 'spec', validate },
});

const objectWith = <T>(...names: string[]): Schema<T> =>
  schemaBy<T>((value) => {
    const fields = value as Readonly<Record<string, unknown>> | null;
    const missing = names.find((name) => typeof fields?.[name] !== 'string');
    return missing === undefined
      ? { value: Object.fromEntries(names.map((name) => [name, fields?.[name]])) as T }
      : { issues: [{ message: `${missing} is missing` }] };
  });

/** The same schema, which says what it takes. */
const saying = <T>(schema: Schema<T>, title: string): Schema<T> => ({
  '~standard': { ...schema['~standard'], jsonSchema: { input: () => ({ title }) } },
});

const renamed = eventType<Renamed>(
  'CustomerRenamed',
  [objectWith('name'), objectWith<Renamed['data']>('first', 'last')],
  [({ name }: { name: string }) => ({ first: name.split(' ')[0], last: name.split(' ')[1] })],
);
const catalogue = eventCatalogue<Renamed | Left>([renamed, eventType<Left>('CustomerLeft', [objectWith()])]);

describe('an event catalogue', () => {
  it("stores an event under its name and today's version", () => {
    expect(catalogue.encode({ type: 'CustomerRenamed', data: { first: 'Ada', last: 'Byron' } })).toEqual({
      type: 'CustomerRenamed.v2',
      data: '{"first":"Ada","last":"Byron"}',
    });
  });

  it('leads an old shape to the one of today', () => {
    expect(catalogue.decode([{ type: 'CustomerRenamed.v1', data: '{"name":"Ada Byron"}' }])).toEqual([
      [{ type: 'CustomerRenamed', data: { first: 'Ada', last: 'Byron' } }],
    ]);
  });

  it('reads what a newer writer made as far as it knows it', () => {
    const data = '{"first":"Ada","last":"Byron","title":"Countess"}';
    expect(catalogue.decode([{ type: 'CustomerRenamed.v3', data }])).toEqual([
      [{ type: 'CustomerRenamed', data: { first: 'Ada', last: 'Byron' } }],
    ]);
  });

  it.each([
    ['CustomerRenamed.v1', { name: 'Ada Byron' }, false],
    ['CustomerRenamed.v1', { name: 'Ada Byron', title: 'Countess' }, true],
    ['CustomerRenamed.v2', { first: 'Ada', last: 'Byron' }, false],
    ['CustomerRenamed.v3', { first: 'Ada', last: 'Byron' }, false],
    ['CustomerRenamed.v3', { first: 'Ada', last: 'Byron', title: 'Countess' }, true],
    ['CustomerRenamed.v3', { title: 'Countess' }, false],
    ['CustomerMoved.v1', { to: 'London' }, false],
  ])('says of %s %j whether reading it leaves out what a newer writer stored: %s', (type, data, drops) => {
    expect(catalogue.dropsFields({ type, data: JSON.stringify(data) })).toBe(drops);
  });

  it('looks for what is left out in lists and in what they hold, and under other names', () => {
    const lines = schemaBy<{ lines: readonly object[] }>((value) => {
      const all = (value as { lines: readonly { sku: string }[] }).lines;
      return { value: { lines: all.map(({ sku }) => ({ sku })) } };
    });
    type Packed = { readonly type: 'Packed'; readonly data: { readonly lines: readonly object[] } };
    const packed = eventCatalogue<Packed>(
      [eventType<Packed>('Packed', [lines])],
      [
        renamedType('Boxed', 'Packed'),
        splitType(pastVersions('BoxedTwice', [lines]), ['Packed.v1'], () => []),
        mergedTypes([pastVersions('Opened', [lines]), pastVersions('Filled', [lines])], 'Packed.v1', () => ({
          lines: [],
        })),
        retiredType('Weighed'),
      ],
    );
    const of = (type: string, line: object) => packed.dropsFields({ type, data: JSON.stringify({ lines: [line] }) });
    for (const type of ['Packed.v1', 'Boxed.v1', 'BoxedTwice.v1', 'Filled.v2'])
      expect([type, of(type, { sku: 'a' }), of(type, { sku: 'a', gift: true })]).toEqual([type, false, true]);
    expect(of('Weighed.v1', { sku: 'a', gift: true })).toBe(false);
  });

  it.each([
    ['CustomerRenamed.v3', 'unknown-version'],
    ['CustomerMoved.v1', 'unknown-type'],
    ['CustomerRenamed', 'unknown-type'],
    ['CustomerRenamed.v0', 'unknown-type'],
  ])('says of %s, which a newer writer made, what it does not know of it', (type, unknown) => {
    expect(catalogue.decode([{ type, data: '{}' }])).toEqual([unknown]);
  });

  it('answers for each event of a commit', () => {
    const left = { type: 'CustomerLeft.v1', data: '{}' };
    const today = [{ type: 'CustomerLeft', data: {} }];
    expect(catalogue.decode([left, { type: 'CustomerMoved.v1', data: '{}' }, left])).toEqual([
      ...[today, 'unknown-type', today],
    ]);
    expect(catalogue.decode([])).toEqual([]);
  });

  it.each([
    ['text that is not JSON', 'CustomerRenamed.v2', '{'],
    ['data that breaks its schema', 'CustomerRenamed.v2', '{"first":"Ada"}'],
    ['an old shape whose upcaster gives a wrong one', 'CustomerRenamed.v1', '{"name":"Ada"}'],
  ])('says which event cannot be read: %s', (_, type, data) => {
    expect(() => catalogue.decode([{ type, data }])).toThrow(Unreadable);
  });

  it('refuses to store an event without a field that its schema does not have, and takes one that is undefined', () => {
    const data = { first: 'Ada', last: 'Byron' };
    const more = (title: string | undefined) => () =>
      catalogue.encode({ type: 'CustomerRenamed', data: { ...data, title } as typeof data });
    expect(more('Countess')).toThrow(/CustomerRenamed would be recorded without title/);
    expect(more(undefined)()).toEqual(catalogue.encode({ type: 'CustomerRenamed', data }));
  });

  it('refuses to store an event that breaks its own schema, or is none of its own', () => {
    const broken = { type: 'CustomerRenamed', data: { first: 'Ada' } } as unknown as Renamed;
    expect(() => catalogue.encode(broken)).toThrow(Unreadable);
    const foreign = { type: 'CustomerMoved', data: {} } as unknown as Left;
    expect(() => catalogue.encode(foreign)).toThrow('CustomerMoved cannot be recorded: it is not in the catalogue');
  });

  it('has another revision when stored events may be read otherwise', () => {
    const revisions = [
      eventCatalogue<Renamed>([renamed]),
      eventCatalogue<Renamed>([{ ...renamed, upcasters: [() => ({ first: '', last: '' })] }]),
      eventCatalogue<Renamed>([renamed], [retiredType('CustomerLeft')]),
      eventCatalogue<Renamed>([renamed], [renamedType('CustomerLeft', 'CustomerRenamed')]),
      eventCatalogue<Renamed>([
        { ...renamed, schemas: [objectWith('name'), saying(objectWith('first', 'last'), 'more')] },
      ]),
      catalogue,
    ].map(({ revision }) => revision);
    expect(new Set(revisions).size).toBe(revisions.length);
    expect(eventCatalogue<Renamed>([renamed]).revision).toBe(revisions[0]);
  });
});

describe('misuse of the catalogue', () => {
  const living = eventType('A', [objectWith()]);
  const past = (name: string) => pastVersions(name, [objectWith()]);
  const none = () => [];

  it.each([
    ['a name twice', () => eventCatalogue([living, living]), 'A is in the catalogue twice'],
    [
      'a name that is another’s old one',
      () => eventCatalogue([living], [renamedType('A', 'A')]),
      'A is in the catalogue twice',
    ],
    [
      'an old name of two types',
      () => eventCatalogue([living], [retiredType('Old'), renamedType('Old', 'A')]),
      'Old is in the catalogue twice',
    ],
    [
      'a part of two merges',
      () =>
        eventCatalogue(
          [living],
          [mergedTypes([past('P'), past('Q')], 'A.v1', none), mergedTypes([past('P'), past('R')], 'A.v1', none)],
        ),
      'P is in the catalogue twice',
    ],
    [
      'a name like a version',
      () => eventCatalogue([], [retiredType('Old.v1')]),
      'Old.v1: a name that ends like a version',
    ],
    ['an upcaster too few', () => eventType('A', [objectWith(), objectWith()]), 'A: 2 schemas need 1 upcasters, not 0'],
    [
      'an upcaster that is not there',
      () => eventType('A', [objectWith(), objectWith()], [undefined as never]),
      'A: the upcaster from version 1 is missing',
    ],
    ['no schema', () => pastVersions('Old', []), 'Old: it needs at least one schema'],
    [
      'a new name that is not there',
      () => eventCatalogue([living], [renamedType('Old', 'B')]),
      'Old is renamed to B, which is not in the catalogue',
    ],
    [
      'names in a circle',
      () => eventCatalogue([living], [renamedType('B', 'C'), renamedType('C', 'D'), renamedType('D', 'B')]),
      'D leads in a circle: B -> C -> D -> B',
    ],
    [
      'a split in a circle',
      () => eventCatalogue([living], [renamedType('B', 'C'), splitType(past('C'), ['A.v1', 'B.v1'], none)]),
      'C leads in a circle: B -> C -> B',
    ],
    [
      'a split into itself',
      () => eventCatalogue([living], [splitType(past('C'), ['C.v1'], none)]),
      'C leads in a circle: C -> C',
    ],
    [
      'a split into what is not there',
      () => eventCatalogue([living], [splitType(past('C'), ['B.v1'], none)]),
      'C is split into B.v1, which is not in the catalogue',
    ],
    [
      'a split into a version that is not there',
      () => eventCatalogue([living], [splitType(past('C'), ['A.v2'], none)]),
      'C is split into A.v2, whose newest version is 1',
    ],
    [
      'a split into a version that the new name does not have',
      () => eventCatalogue([living], [renamedType('B', 'A'), splitType(past('C'), ['B.v2'], none)]),
      'C is split into B.v2, whose newest version is 1',
    ],
    [
      'a split into a name without a version',
      () => eventCatalogue([living], [splitType(past('C'), ['A'], none)]),
      'C is split into A, which is no name with a version',
    ],
    [
      'a split into nothing',
      () => eventCatalogue([living], [splitType(past('C'), [] as never, none)]),
      'C is split into nothing: then it is retired',
    ],
    [
      'a merge of one',
      () => eventCatalogue([living], [mergedTypes([past('P')] as never, 'A.v1', none)]),
      'P is merged with nothing: then it is renamed',
    ],
    [
      'a merge into what is not there',
      () => eventCatalogue([living], [mergedTypes([past('P'), past('Q')], 'B.v1', none)]),
      'P and Q are merged into B.v1, which is not in the catalogue',
    ],
    [
      'a merge of merged ones',
      () =>
        eventCatalogue(
          [living],
          [
            ...[mergedTypes([past('P'), past('Q')], 'R.v1', none), renamedType('R', 'S')],
            mergedTypes([past('S'), past('T')], 'A.v1', none),
          ],
        ),
      'P and Q are merged into what is merged again',
    ],
  ])('is refused when it is made, naming the type: %s', (_, make, message) => {
    expect(make).toThrow(message);
  });
});
