import type { Immutable } from '@ledgerline/es-core';
import { z } from 'zod';
import { keyText } from './key-text.js';
import { compareAmounts, isZero, minus, plus, sumOf, zero } from './money.js';
import type { OrderLine } from './order-line.js';
import { storedAmount, storedSku } from './stored-fields.js';

export const productAmountsV1 = z.object({
  total: storedAmount,
  products: z
    .array(z.object({ sku: storedSku, amount: storedAmount }))
    .describe('They add up to the total; a product that has nothing of it is left out.'),
});

/** A sum of money, and what each product has of it. */
export type ProductAmounts = Immutable<z.output<typeof productAmountsV1>>;

/** What was ordered, or came back, with its amounts worked out. */
export interface PricedGoods {
  readonly currency: string;
  readonly lines: readonly OrderLine[];
  readonly total: string;
}

/** A product at two prices is two lines, and one product. */
export const amountsOf = ({ lines, total, currency }: PricedGoods): ProductAmounts => ({
  total,
  products: bySku(lines, currency),
});

export const sumOfAmounts = (all: readonly ProductAmounts[], currency: string): ProductAmounts => ({
  total: all.reduce((sum, { total }) => plus(sum, total, currency), zero(currency)),
  products: bySku(
    all.flatMap(({ products }) => products),
    currency,
  ),
});

/** `a` less `b`, which has nowhere more than `a`. */
export const amountsLess = (a: ProductAmounts, b: ProductAmounts, currency: string): ProductAmounts => {
  const less = amountOfEach(b.products, currency);
  const products = bySku(a.products, currency).map(({ sku, amount }) => ({
    sku,
    amount: minus(amount, less.get(sku) ?? '0', currency),
  }));
  return { total: minus(a.total, b.total, currency), products: products.filter(hasSome) };
};

/**
 * What of an order is left when `returned` came back of it. Goods that were not in the order, or were worth less there, may
 * have come back: what their product cannot bear is taken off the other products, in the order's order, so that no product
 * has less than nothing and they still add up. What is left only shrinks when more comes back, in every product.
 */
export const amountsLeft = (order: PricedGoods, returned: ProductAmounts): ProductAmounts => {
  const { currency } = order;
  const back = amountOfEach(returned.products, currency);
  const total = minus(order.total, returned.total, currency);
  const kept = amountsOf(order).products.map(({ sku, amount }) => ({
    sku,
    amount: orNothing(minus(amount, back.get(sku) ?? '0', currency)),
  }));
  const surplus = minus(
    sumOf(
      kept.map(({ amount }) => amount),
      currency,
    ),
    total,
    currency,
  );
  return { total, products: takenOff(kept, surplus, currency) };
};

type ProductAmount = ProductAmounts['products'][number];

const takenOff = (products: readonly ProductAmount[], surplus: string, currency: string): readonly ProductAmount[] => {
  let open = orNothing(surplus);
  const after = products.map(({ sku, amount }) => {
    const taken = compareAmounts(open, amount) < 0 ? open : amount;
    open = minus(open, taken, currency);
    return { sku, amount: minus(amount, taken, currency) };
  });
  return after.filter(hasSome);
};

const bySku = (amounts: readonly ProductAmount[], currency: string): readonly ProductAmount[] =>
  [...amountOfEach(amounts, currency)].map(([sku, amount]) => ({ sku, amount })).filter(hasSome);

const amountOfEach = (amounts: readonly ProductAmount[], currency: string): ReadonlyMap<string, string> => {
  const sums = new Map<string, string>();
  for (const { sku, amount } of amounts) {
    const key = keyText(sku);
    sums.set(key, plus(sums.get(key) ?? '0', amount, currency));
  }
  return sums;
};

const hasSome = ({ amount }: ProductAmount): boolean => !isZero(amount);

const orNothing = (amount: string): string => (compareAmounts(amount, '0') < 0 ? '0' : amount);
