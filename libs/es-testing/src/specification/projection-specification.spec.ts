import { describe, expect, it } from '@jest/globals';
import { defineEvents, defineProjection, type NewEventOf, type Recorded, type Schema } from '@ledgerline/es-core';
import { permutedInterleavings } from './permuted-interleavings.js';
import { givenProjection } from './projection-specification.js';
import { recorded } from './recorded.js';

type Counter = { readonly count: number; readonly name: string };

const schemaOf = <T>(isRight: (value: T) => boolean = () => true): Schema<T> => ({
  '~standard': {
    ...{ version: 1, vendor: 'spec' },
    validate: (value) =>
      isRight(value as T) ? { value: value as T } : { issues: [{ message: 'the count is too large' }] },
  },
});

const events = defineEvents('test.events', {
  Counted: schemaOf<{ readonly by: number }>(),
  Named: schemaOf<{ readonly name: string }>(),
  Removed: schemaOf<object>(),
});
type Event = NewEventOf<typeof events>;
const none: Counter = { count: 0, name: '' };
const document = ({ context }: Recorded): string => context.correlationId;

const counters = defineProjection({
  ...{ name: 'counters', revision: 1, from: [events] },
  document: schemaOf<Counter>(({ count }) => count < 8),
  on: {
    Counted: { document, fold: (counter = none, { data }) => ({ ...counter, count: counter.count + data.by }) },
    Named: { document, fold: (counter = none, { data }) => ({ ...counter, name: data.name }) },
    Removed: { document, fold: () => undefined },
  },
});
const counted = (by: number, partition: number, ordinal = 2) =>
  recorded<Event>({ type: 'Counted', data: { by } }, { correlationId: 'a', partition, ordinal });
const named = (name: string, partition: number, ordinal = 2) =>
  recorded<Event>({ type: 'Named', data: { name } }, { correlationId: 'a', partition, ordinal });
const removed = recorded<Event>({ type: 'Removed', data: {} }, { correlationId: 'a', ordinal: 3 });

describe('a projection specification', () => {
  const given = (...recorded: readonly Recorded[]) => givenProjection(counters, ...recorded);

  it('passes when the documents are the expected ones', () => {
    given(counted(1, 0), counted(2, 0)).then({ a: { count: 3, name: '' }, b: undefined });
    given(counted(1, 0)).thenOnly({ a: { count: 1, name: '' } });
    given(counted(1, 0), removed).then({ a: undefined });
  });

  it('fails for a document that is none by its schema, and names it', () => {
    expect(() => given(counted(8, 0))).toThrow('a is no document of counters: the count is too large');
  });

  it('skips an event that the projection does not name', () => {
    const other = recorded({ type: 'Weighed', data: {} }, { correlationId: 'a' });
    given(counted(1, 0), other).thenOnly({ a: { count: 1, name: '' } });
  });

  it('fails when a document is another one, is missing, or should not be there', () => {
    expect(() => given(counted(1, 0)).then({ a: { count: 2, name: '' } })).toThrow(/a is another document[^]*count/);
    expect(() => given().then({ a: { count: 2, name: '' } })).toThrow('a is another document');
    expect(() => given(counted(1, 0)).then({ a: undefined })).toThrow('a is another document');
    expect(() => given(counted(1, 0)).thenOnly({})).toThrow('other documents');
  });

  it('folds a document for each partition under the ids that the store has', () => {
    givenProjection({ ...counters, partitioned: true }, counted(1, 0), counted(2, 1)).thenOnly({
      'a#test.events/0': { count: 1, name: '' },
      'a#test.events/1': { count: 2, name: '' },
    });
  });
});

describe('permuted interleavings', () => {
  const run = { seed: 7, runs: 100 };

  it('pass for a fold that takes partitions in any order', () => {
    const documents = permutedInterleavings(counters, [[counted(1, 0), counted(2, 0, 3)], [counted(4, 1)]], run);
    expect(documents.get('a')).toEqual({ count: 7, name: '' });
  });

  it('keep the order of each partition', () => {
    permutedInterleavings(
      counters,
      [
        [named('x', 0), named('y', 0, 3)],
        [counted(4, 1), counted(1, 1, 3)],
      ],
      run,
    );
  });

  it('fail for a fold that depends on which partition comes first, and name the seed', () => {
    const permute = () => permutedInterleavings(counters, [[named('x', 0)], [named('y', 1)]], run);
    expect(permute).toThrow(/depends on the order of partitions \(seed 7, run \d+\): Named of test.events\/1@2, Named/);
  });

  it('pass for the same fold where each partition has its document', () => {
    permutedInterleavings({ ...counters, partitioned: true }, [[named('x', 0)], [named('y', 1)]], run);
  });

  it('refuse lists that are not one partition each', () => {
    const both = [counted(1, 0), counted(2, 1)];
    expect(() => permutedInterleavings(counters, [both], run)).toThrow('a partition of its own');
    expect(() => permutedInterleavings(counters, [[counted(1, 0)], [counted(2, 0)]], run)).toThrow('of its own');
  });
});
