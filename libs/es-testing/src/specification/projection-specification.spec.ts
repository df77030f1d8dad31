import { describe, expect, it } from '@jest/globals';
import type { JsonObject, Projection } from '@ledgerline/es-core';
import { permutedInterleavings } from './permuted-interleavings.js';
import { projecting } from './projection-specification.js';
import { recorded } from './recorded.js';

type Event =
  | { readonly type: 'Counted'; readonly data: { readonly by: number } }
  | { readonly type: 'Named'; readonly data: { readonly name: string } }
  | { readonly type: 'Removed'; readonly data: object };
interface Counter extends JsonObject {
  readonly count: number;
  readonly name: string;
}

const counters: Projection<Event, Counter> = {
  name: 'counters',
  revision: 1,
  topics: ['test.events'],
  indexes: [],
  documents: ({ context }) => [context.correlationId],
  project(counter = { count: 0, name: '' }, event) {
    switch (event.type) {
      case 'Counted':
        return { ...counter, count: counter.count + event.data.by };
      case 'Named':
        return { ...counter, name: event.data.name };
      default:
        return undefined;
    }
  },
};
const counted = (by: number, partition: number, ordinal = 2) =>
  recorded<Event>({ type: 'Counted', data: { by } }, { correlationId: 'a', partition, ordinal });
const named = (name: string, partition: number, ordinal = 2) =>
  recorded<Event>({ type: 'Named', data: { name } }, { correlationId: 'a', partition, ordinal });
const removed = recorded<Event>({ type: 'Removed', data: {} }, { correlationId: 'a', ordinal: 3 });

describe('a projection specification', () => {
  const { given } = projecting(counters);

  it('passes when the documents are the expected ones', () => {
    given(counted(1, 0), counted(2, 0)).thenDocument('a', { count: 3, name: '' }).thenDocument('b', undefined);
    given(counted(1, 0)).thenDocuments({ a: { count: 1, name: '' } });
    given(counted(1, 0), removed).thenDocument('a', undefined);
  });

  it('fails when a document is another one, is missing, or should not be there', () => {
    expect(() => given(counted(1, 0)).thenDocument('a', { count: 2, name: '' })).toThrow(
      /a is another document[^]*count/,
    );
    expect(() => given().thenDocument('a', { count: 2, name: '' })).toThrow('a is another document');
    expect(() => given(counted(1, 0)).thenDocument('a', undefined)).toThrow('a is another document');
    expect(() => given(counted(1, 0)).thenDocuments({})).toThrow('other documents');
  });

  it('folds a document in parts under the ids that the store has', () => {
    projecting({ ...counters, parts: true })
      .given(counted(1, 0), counted(2, 1))
      .thenDocuments({ 'a#test.events/0': { count: 1, name: '' }, 'a#test.events/1': { count: 2, name: '' } });
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

  it('pass for the same fold in parts', () => {
    permutedInterleavings({ ...counters, parts: true }, [[named('x', 0)], [named('y', 1)]], run);
  });

  it('refuse lists that are not one partition each', () => {
    const both = [counted(1, 0), counted(2, 1)];
    expect(() => permutedInterleavings(counters, [both], run)).toThrow('a partition of its own');
    expect(() => permutedInterleavings(counters, [[counted(1, 0)], [counted(2, 0)]], run)).toThrow('of its own');
  });
});
