import { describe, expect, it } from '@jest/globals';
import { partitionOf } from './partition-hash.js';
import { formatPosition, parsePosition } from './position.js';
import { categoryOf, idOf, isId, streamId } from './stream-id.js';

describe('a position', () => {
  it('is written and read back', () => {
    const position = { topic: 'parcels.events', partition: 3, ordinal: 1204 };
    expect(formatPosition(position)).toBe('parcels.events/3@1204');
    expect(parsePosition(' parcels.events/3@1204 ')).toEqual(position);
  });

  it.each([
    '',
    'parcels.events',
    'parcels.events/3',
    'parcels.events@3',
    'parcels.events/x@1',
    'a/1@-1',
    'a/1@1.5',
    'a b/1@1',
    'a/00@1',
    'a/0@01',
  ])('is not %p', (text) => expect(parsePosition(text)).toBeUndefined());
});

describe('a stream id', () => {
  it('has a category and an id, which may have dashes', () => {
    expect(streamId('parcel', 'a-b')).toBe('parcel-a-b');
    expect(categoryOf('parcel-a-b')).toBe('parcel');
    expect(idOf('parcel-a-b')).toBe('a-b');
  });

  it.each(['', ' ', 'a b', 'ä', 'a/b', 'a@b', 'x'.repeat(129)])('is not made of %p', (id) =>
    expect(isId(id)).toBe(false),
  );
  it.each(['a', 'A.b_c-9', 'x'.repeat(128)])('may be made of %p', (id) => expect(isId(id)).toBe(true));
});

describe('the partition of a stream', () => {
  // Streams that are recorded, and have to be found.
  /* eslint-disable shop/no-names */
  it.each([
    ['cart-536365', 4, 2],
    ['order-536365', 4, 0],
    ['payment-536365', 4, 3],
    ['return-C536379', 4, 0],
    ['cart-536365', 12, 2],
    /* eslint-enable shop/no-names */
  ])('of %s among %i is %i, for ever', (stream, partitions, partition) => {
    expect(partitionOf(stream, partitions)).toBe(partition);
  });

  it('spreads neighbouring ids evenly', () => {
    const counts = [0, 0, 0, 0];
    for (let i = 0; i < 10_000; i += 1) {
      const partition = partitionOf(`parcel-${536_365 + i}`, 4);
      counts[partition] = (counts[partition] ?? 0) + 1;
    }
    for (const count of counts) expect(Math.abs(count - 2500)).toBeLessThan(200);
  });
});
