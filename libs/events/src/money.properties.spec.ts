import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { canonicalPrice, lineAmount, sumOf } from './money.js';

const seed = 20_101_201;

/** A price of `units` ten-thousandths, spelled with as many decimals as asked for at least. */
const spelled = (units: bigint, decimals: number): string => {
  const text = units.toString().padStart(5, '0');
  const fraction = text.slice(-4).replace(/0+$/, '').padEnd(decimals, '0');
  return fraction ? `${text.slice(0, -4)}.${fraction}` : text.slice(0, -4);
};

const prices = fc.bigInt({ min: 1n, max: 99_999_999_999n });
const quantities = fc.integer({ min: 1, max: 1_000_000 });

const pence = (hundredths: bigint): string => {
  const text = hundredths.toString().padStart(3, '0');
  return `${text.slice(0, -2)}.${text.slice(-2)}`;
};

describe('money', () => {
  it('rounds a line as whole-number arithmetic does', () => {
    fc.assert(
      fc.property(prices, quantities, (units, quantity) => {
        const exact = (units * BigInt(quantity) + 50n) / 100n;
        expect(lineAmount(quantity, spelled(units, 0), 'GBP')).toBe(pence(exact));
      }),
      { seed },
    );
  });

  it('spells equal prices alike and different prices differently', () => {
    const decimals = fc.integer({ min: 0, max: 4 });
    fc.assert(
      fc.property(prices, prices, decimals, decimals, (one, other, i, j) => {
        const canonical = (units: bigint, digits: number): string =>
          canonicalPrice({ amount: spelled(units, digits), currency: 'GBP' }).amount;
        expect(canonical(one, i)).toBe(canonical(one, j));
        expect(canonical(one, i) === canonical(other, j)).toBe(one === other);
      }),
      { seed },
    );
  });

  it('sums exactly, in any order', () => {
    fc.assert(
      fc.property(fc.array(fc.bigInt({ min: 0n, max: 10n ** 18n })), (amounts) => {
        const sum = pence(amounts.reduce((total, amount) => total + amount, 0n));
        expect(sumOf(amounts.map(pence), 'GBP')).toBe(sum);
        expect(sumOf(amounts.map(pence).reverse(), 'GBP')).toBe(sum);
      }),
      { seed },
    );
  });
});
