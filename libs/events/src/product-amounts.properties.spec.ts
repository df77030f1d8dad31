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
/** ç as one character, and as two. */
const [ONE, TWO] = ['\u00e7', 'c\u0327'];
const of = (total: string, ...products: readonly (readonly [sku: string, amount: string])[]): ProductAmounts => ({
  ...{ total, products: products.map(([sku, amount]) => ({ sku, amount })) },
});
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

  it('are of one product, however its sku was written', () => {
    const lines = [ONE, TWO].map((sku, i) => ({ lineId: `${i + 1}`, sku, quantity: 1, unitPrice: '2.00' }));
    const goods = { currency, ...priced(lines, currency) };
    const back = of('1.50', [TWO, '1.00'], [ONE, '0.50']);
    expect(amountsOf(goods)).toEqual(of('4.00', [ONE, '4.00']));
    expect(sumOfAmounts([of('1.00', [TWO, '1.00']), of('2.00', [ONE, '2.00'])], currency)).toEqual(
      of('3.00', [ONE, '3.00']),
    );
    expect(amountsLeft(goods, back)).toEqual(of('2.50', [ONE, '2.50']));
    expect(amountsLess(of('4.00', [TWO, '4.00']), back, currency)).toEqual(of('2.50', [ONE, '2.50']));
  });
});
