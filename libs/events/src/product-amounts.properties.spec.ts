import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { compareAmounts, minus, sumOf } from './money.js';
import { priced } from './order-line.js';
import {
  amountsLeft,
  amountsLess,
  amountsOf,
  type PricedGoods,
  type ProductAmounts,
  sumOfAmounts,
} from './product-amounts.js';

const seed = 20_101_201;
const currency = 'GBP';
const none: ProductAmounts = { total: '0.00', products: [] };

/** Few products at many prices, so that they meet; `Z` is in no order. */
const goods = (skus: readonly string[], most: number): fc.Arbitrary<PricedGoods> => {
  const line = fc.record({
    sku: fc.constantFrom(...skus),
    quantity: fc.integer({ min: 1, max: 5 }),
    pence: fc.nat(400),
  });
  return fc.array(line, { minLength: 1, maxLength: most }).map((lines) => {
    const unpriced = lines.map(({ sku, quantity, pence }, i) => ({
      ...{ lineId: String(i + 1), sku, quantity, unitPrice: (pence / 100).toFixed(2) },
    }));
    return { currency, ...priced(unpriced, currency) };
  });
};
const order = goods(['A', 'B', 'C'], 6);
const returns = fc.array(goods(['A', 'B', 'C', 'Z'], 3), { maxLength: 5 });

/** The returns that the order is worth, one after the other. */
const within = (total: string, all: readonly PricedGoods[]): readonly ProductAmounts[] => {
  const accepted: ProductAmounts[] = [];
  for (const one of all.map(amountsOf))
    if (compareAmounts(sumOfAmounts([...accepted, one], currency).total, total) <= 0) accepted.push(one);
  return accepted;
};
const addsUp = ({ total, products }: ProductAmounts): void => {
  for (const { amount } of products) expect(compareAmounts(amount, '0')).toBeGreaterThan(0);
  const amounts = products.map(({ amount }) => amount);
  expect(sumOf(amounts, currency)).toBe(total);
};

describe('what is left of an order', () => {
  it('is the order less what came back, and adds up by product, whatever came back', () => {
    fc.assert(
      fc.property(order, returns, (ordered, all) => {
        const returned = sumOfAmounts(within(ordered.total, all), currency);
        const left = amountsLeft(ordered, returned);
        addsUp(returned);
        addsUp(left);
        expect(left.total).toBe(minus(ordered.total, returned.total, currency));
        for (const { sku, amount } of left.products) {
          const most = amountsOf(ordered).products.find((product) => product.sku === sku)?.amount ?? '0';
          expect(compareAmounts(amount, most)).toBeLessThanOrEqual(0);
        }
      }),
      { seed, numRuns: 500 },
    );
  });

  it('shrinks by each return as much as that is worth, and in no product grows', () => {
    fc.assert(
      fc.property(order, returns, (ordered, all) => {
        const accepted = within(ordered.total, all);
        accepted.forEach(({ total }, i) => {
          const [before, after] = [i, i + 1].map((n) => sumOfAmounts(accepted.slice(0, n), currency));
          const difference = amountsLess(
            amountsLeft(ordered, before ?? none),
            amountsLeft(ordered, after ?? none),
            currency,
          );
          expect(difference.total).toBe(total);
          addsUp(difference);
        });
      }),
      { seed, numRuns: 500 },
    );
  });

  it('is all of it where nothing came back', () => {
    fc.assert(
      fc.property(order, (ordered) => {
        expect(amountsLeft(ordered, none)).toEqual(amountsOf(ordered));
      }),
      { seed },
    );
  });
});
