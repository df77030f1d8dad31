import { describe, expect, it } from '@jest/globals';
import { eventCatalogue, eventType, type Schema } from './catalogue.js';
import { Unreadable } from './errors.js';

type Renamed = { readonly type: 'CustomerRenamed'; readonly data: { readonly first: string; readonly last: string } };
type Left = { readonly type: 'CustomerLeft'; readonly data: Record<string, never> };

const objectWith = <T>(...names: string[]): Schema<T> => ({
  safeParse: (value) => {
    const missing = names.find((name) => typeof (value as Record<string, unknown> | null)?.[name] !== 'string');
    return missing === undefined
      ? {
          success: true,
          data: Object.fromEntries(names.map((name) => [name, (value as Record<string, unknown>)[name]])) as T,
        }
      : { success: false, error: { message: `${missing} is missing` } };
  },
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
    expect(catalogue.decode({ type: 'CustomerRenamed.v1', data: '{"name":"Ada Byron"}' })).toEqual({
      type: 'CustomerRenamed',
      data: { first: 'Ada', last: 'Byron' },
    });
  });

  it.each(['CustomerRenamed.v3', 'CustomerMoved.v1', 'CustomerRenamed'])(
    'passes over %s, which a newer writer made',
    (type) => {
      expect(catalogue.decode({ type, data: '{}' })).toBeUndefined();
    },
  );

  it.each([
    ['text that is not JSON', 'CustomerRenamed.v2', '{'],
    ['data that breaks its schema', 'CustomerRenamed.v2', '{"first":"Ada"}'],
    ['an old shape whose upcaster gives a wrong one', 'CustomerRenamed.v1', '{"name":"Ada"}'],
  ])('says which event cannot be read: %s', (_, type, data) => {
    expect(() => catalogue.decode({ type, data })).toThrow(Unreadable);
  });

  it('refuses to store an event that breaks its own schema', () => {
    const broken = { type: 'CustomerRenamed', data: { first: 'Ada' } } as unknown as Renamed;
    expect(() => catalogue.encode(broken)).toThrow(Unreadable);
  });

  it('wants an upcaster for each step, and each name once', () => {
    expect(() => eventType('A', [objectWith(), objectWith()])).toThrow('2 schemas need 1 upcasters');
    expect(() => eventCatalogue([renamed, renamed])).toThrow('twice');
  });
});
