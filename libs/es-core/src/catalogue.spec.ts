import { describe, expect, it } from '@jest/globals';
import { catalogueOf, defineEvents, type EventDefinitions, type NewEventOf } from './events/define-events.js';
import { merged, renamed, retired, split } from './events/past-events.js';
import { since } from './events/schema-versions.js';
import { Unreadable } from './errors.js';
import type { PastType } from './catalogue/past-type.js';
import type { Schema } from './schema.js';

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

interface Named {
  readonly first: string;
  readonly last: string;
}
const parted = ({ name }: { readonly name: string }): Named => {
  const [first, last] = name.split(' ') as [string, string];
  return { first, last };
};
const named = since(objectWith<{ readonly name: string }>('name')).to(objectWith<Named>('first', 'last'), parted);
const events = defineEvents('members.events', { MemberRenamed: named, MemberLeft: objectWith() });
type Event = NewEventOf<typeof events>;
const { catalogue } = events;

const catalogueWith = (definitions: EventDefinitions, ...past: readonly PastType[]) =>
  defineEvents('members.events', definitions, { past }).catalogue;

describe('an event catalogue', () => {
  it("stores an event under its name and today's version", () => {
    expect(catalogue.encode({ type: 'MemberRenamed', data: { first: 'Ada', last: 'Byron' } })).toEqual({
      type: 'MemberRenamed.v2',
      data: '{"first":"Ada","last":"Byron"}',
    });
  });

  it('leads an old shape to the one of today', () => {
    expect(catalogue.decode([{ type: 'MemberRenamed.v1', data: '{"name":"Ada Byron"}' }])).toEqual([
      [{ type: 'MemberRenamed', data: { first: 'Ada', last: 'Byron' } }],
    ]);
  });

  it('reads what a newer writer made as far as it knows it', () => {
    const data = '{"first":"Ada","last":"Byron","title":"Countess"}';
    expect(catalogue.decode([{ type: 'MemberRenamed.v3', data }])).toEqual([
      [{ type: 'MemberRenamed', data: { first: 'Ada', last: 'Byron' } }],
    ]);
  });

  it.each([
    ['MemberRenamed.v1', { name: 'Ada Byron' }, false],
    ['MemberRenamed.v1', { name: 'Ada Byron', title: 'Countess' }, true],
    ['MemberRenamed.v2', { first: 'Ada', last: 'Byron' }, false],
    ['MemberRenamed.v3', { first: 'Ada', last: 'Byron' }, false],
    ['MemberRenamed.v3', { first: 'Ada', last: 'Byron', title: 'Countess' }, true],
    ['MemberRenamed.v3', { title: 'Countess' }, false],
    ['MemberMoved.v1', { to: 'London' }, false],
  ])('says of %s %j whether reading it leaves out what a newer writer stored: %s', (type, data, drops) => {
    expect(catalogue.dropsFields({ type, data: JSON.stringify(data) })).toBe(drops);
  });

  it('looks for what is left out in lists and in what they hold, and under other names', () => {
    const lines = schemaBy<{ lines: readonly object[] }>((value) => {
      const all = (value as { lines: readonly { sku: string }[] }).lines;
      return { value: { lines: all.map(({ sku }) => ({ sku })) } };
    });
    const packed = catalogueWith(
      { Packed: lines },
      renamed('Boxed', 'Packed'),
      split('BoxedTwice', lines, ['Packed.v1'], () => []),
      merged({ Opened: lines, Filled: lines }, 'Packed.v1', () => ({ lines: [] })),
      retired('Weighed'),
    );
    const of = (type: string, line: object) => packed.dropsFields({ type, data: JSON.stringify({ lines: [line] }) });
    for (const type of ['Packed.v1', 'Boxed.v1', 'BoxedTwice.v1', 'Filled.v2'])
      expect([type, of(type, { sku: 'a' }), of(type, { sku: 'a', gift: true })]).toEqual([type, false, true]);
    expect(of('Weighed.v1', { sku: 'a', gift: true })).toBe(false);
  });

  it.each([
    ['MemberRenamed.v3', 'unknown-version'],
    ['MemberMoved.v1', 'unknown-type'],
    ['MemberRenamed', 'unknown-type'],
    ['MemberRenamed.v0', 'unknown-type'],
  ])('says of %s, which a newer writer made, what it does not know of it', (type, unknown) => {
    expect(catalogue.decode([{ type, data: '{}' }])).toEqual([unknown]);
  });

  it('answers for each event of a commit', () => {
    const left = { type: 'MemberLeft.v1', data: '{}' };
    const today = [{ type: 'MemberLeft', data: {} }];
    expect(catalogue.decode([left, { type: 'MemberMoved.v1', data: '{}' }, left])).toEqual([
      ...[today, 'unknown-type', today],
    ]);
    expect(catalogue.decode([])).toEqual([]);
  });

  it.each([
    ['text that is not JSON', 'MemberRenamed.v2', '{'],
    ['data that breaks its schema', 'MemberRenamed.v2', '{"first":"Ada"}'],
    ['an old shape whose upcaster gives a wrong one', 'MemberRenamed.v1', '{"name":"Ada"}'],
  ])('says which event cannot be read: %s', (_, type, data) => {
    expect(() => catalogue.decode([{ type, data }])).toThrow(Unreadable);
  });

  it('refuses to store an event without a field that its schema does not have, and takes one that is undefined', () => {
    const data = { first: 'Ada', last: 'Byron' };
    const more = (title: string | undefined) => () =>
      catalogue.encode({ type: 'MemberRenamed', data: { ...data, title } });
    expect(more('Countess')).toThrow(/MemberRenamed would be recorded without title/);
    expect(more(undefined)()).toEqual(catalogue.encode({ type: 'MemberRenamed', data }));
  });

  it('refuses to store an event that breaks its own schema, or is none of its own', () => {
    const broken = { type: 'MemberRenamed', data: { first: 'Ada' } } as unknown as Event;
    expect(() => catalogue.encode(broken)).toThrow(Unreadable);
    const foreign = { type: 'MemberMoved', data: {} } as unknown as Event;
    expect(() => catalogue.encode(foreign)).toThrow('MemberMoved cannot be recorded: it is not in the catalogue');
  });

  it('has another revision when stored events may be read otherwise', () => {
    const title = saying(objectWith<Named>('first', 'last'), 'more');
    const one = { MemberRenamed: named };
    const revisions = [
      catalogueWith(one),
      catalogueWith({ MemberRenamed: { ...named, upcasters: [() => ({ first: '', last: '' })] } }),
      catalogueWith(one, retired('MemberLeft')),
      catalogueWith(one, renamed('MemberLeft', 'MemberRenamed')),
      catalogueWith({ MemberRenamed: since(objectWith<{ readonly name: string }>('name')).to(title, parted) }),
      catalogue,
    ].map(({ revision }) => revision);
    expect(new Set(revisions).size).toBe(revisions.length);
    expect(catalogueWith(one).revision).toBe(revisions[0]);
  });
});

describe('misuse of the catalogue', () => {
  const anything = objectWith();
  const of =
    (...past: readonly PastType[]) =>
    () =>
      catalogueWith({ A: anything }, ...past);
  const none = () => [];
  const splitInto = (...into: readonly string[]) => split('C', anything, into as [string], none);
  const into = (target: string, ...parts: readonly string[]) =>
    merged(Object.fromEntries(parts.map((part) => [part, anything])), target, none);

  it.each<[string, () => unknown, string]>([
    [
      'a name twice',
      () => catalogueOf(['a', 'b'].map((topic) => defineEvents(topic, { A: anything }))),
      'A is in the catalogue twice',
    ],
    ['a name that is another’s old one', of(renamed('A', 'A')), 'A is in the catalogue twice'],
    ['an old name of two types', of(retired('Old'), renamed('Old', 'A')), 'Old is in the catalogue twice'],
    ['a part of two merges', of(into('A.v1', 'P', 'Q'), into('A.v1', 'P', 'R')), 'P is in the catalogue twice'],
    ['a name like a version', of(retired('Old.v1')), 'Old.v1: a name that ends like a version'],
    [
      'a step that is not there',
      () => catalogueWith({ B: since(anything).to(anything, undefined as never) }),
      'B: the step from version 1 is missing',
    ],
    ['no schema', () => catalogueWith({ B: {} as Schema }), 'B: version 1 has no schema'],
    [
      'no schema of a past event',
      () => split('Old', since({} as Schema), ['A.v1'], none),
      'Old: version 1 has no schema',
    ],
    ['a new name that is not there', of(renamed('Old', 'B')), 'Old is renamed to B, which is not in the catalogue'],
    [
      'names in a circle',
      of(renamed('B', 'C'), renamed('C', 'D'), renamed('D', 'B')),
      'D leads in a circle: B -> C -> D -> B',
    ],
    ['a split in a circle', of(renamed('B', 'C'), splitInto('A.v1', 'B.v1')), 'C leads in a circle: B -> C -> B'],
    ['a split into itself', of(splitInto('C.v1')), 'C leads in a circle: C -> C'],
    ['a split into what is not there', of(splitInto('B.v1')), 'C is split into B.v1, which is not in the catalogue'],
    [
      'a split into a version that is not there',
      of(splitInto('A.v2')),
      'C is split into A.v2, whose newest version is 1',
    ],
    [
      'a split into a version that the new name does not have',
      of(renamed('B', 'A'), splitInto('B.v2')),
      'C is split into B.v2, whose newest version is 1',
    ],
    ['a split into a name without a version', of(splitInto('A')), 'C is split into A, which is no name with a version'],
    ['a split into nothing', of(splitInto()), 'C is split into nothing: then it is retired'],
    ['a merge of one', of(into('A.v1', 'P')), 'P is merged with nothing: then it is renamed'],
    [
      'a merge into what is not there',
      of(into('B.v1', 'P', 'Q')),
      'P and Q are merged into B.v1, which is not in the catalogue',
    ],
    [
      'a merge of merged ones',
      of(into('R.v1', 'P', 'Q'), renamed('R', 'S'), into('A.v1', 'S', 'T')),
      'P and Q are merged into what is merged again',
    ],
  ])('is refused when it is made, naming the type: %s', (_, make, message) => {
    expect(make).toThrow(message);
  });
});
