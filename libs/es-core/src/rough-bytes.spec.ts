import { describe, expect, it } from '@jest/globals';
import { roughBytes } from './rough-bytes.js';

describe('the rough size of a value', () => {
  it.each([
    ['a long text', 'x'.repeat(100_000)],
    ['many small values', Array.from({ length: 10_000 }, (_, i) => i)],
    ['many small objects', Array.from({ length: 10_000 }, () => ({}))],
    ['long names', { ['n'.repeat(10_000)]: { ['m'.repeat(10_000)]: true } }],
    [
      'a command',
      { type: 'AddItemToCart', sku: '85123A', quantity: 6, unitPrice: { amount: '2.55', currency: 'GBP' } },
    ],
    ['nothing', null],
  ])('is no less than the JSON of %s has characters, and no more than sixteen times as much', (_, value) => {
    const { length } = JSON.stringify(value);
    expect(roughBytes(value)).toBeGreaterThanOrEqual(length * 0.75);
    expect(roughBytes(value)).toBeLessThanOrEqual(length * 16);
  });
});
