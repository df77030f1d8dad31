import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { ask } from './http.js';
import type { Shop } from './shop.js';

const sample = (name: string): string => fileURLToPath(new URL(`../../samples/${name}`, import.meta.url));

/** One day of real orders. */
export const SAMPLE = sample('online-retail-2010-12-01.csv');

interface Figures {
  readonly orders: number;
  readonly units: number;
  readonly grossPence: number;
  readonly returns: number;
  readonly refundedPence: number;
}

interface Expected extends Figures {
  readonly rows: number;
  readonly itemsAdded: number;
  readonly refusedLines: Readonly<Record<string, number>>;
  readonly refusedInvoices: Readonly<Record<string, number>>;
  readonly byDay: Readonly<Record<string, Figures>>;
  readonly byCountry: Readonly<Record<string, Figures>>;
  readonly topProductsByGross: readonly object[];
  readonly topCustomersByGross: readonly object[];
}

/** What the summary and the report must say, worked out independently of this project. */
export const expected = JSON.parse(readFileSync(sample('online-retail-2010-12-01.expected.json'), 'utf8')) as Expected;

/** Commands that the sample comes to. */
export const SAMPLE_COMMANDS = expected.itemsAdded + 2 * expected.orders + expected.returns;

interface Row {
  readonly key: string;
  readonly orders: number;
  readonly units: number;
  readonly gross: string;
  readonly returns: number;
  readonly refunded: string;
}

/** The report of the sample's day, in the form of `expected`. */
export const reportedFigures = async (shop: Shop): Promise<object> => {
  const report = async (by: string): Promise<readonly Row[]> => {
    const query = `by=${by}&from=2010-12-01&to=2010-12-02&limit=1000`;
    const { body } = await ask(`GET ${shop.projections}/reports/sales?${query}`);
    return body['rows'] as Row[];
  };
  const [products, customers] = [await report('product'), await report('customer')];
  return {
    byDay: byKey(await report('day')),
    byCountry: byKey(await report('country')),
    topProductsByGross: products.slice(0, expected.topProductsByGross.length).map((row) => ({
      ...{ sku: row.key, units: row.units, grossPence: pence(row.gross) },
    })),
    topCustomersByGross: customers.slice(0, expected.topCustomersByGross.length).map((row) => ({
      ...{ customerId: row.key, orders: row.orders, grossPence: pence(row.gross), returns: row.returns },
      refundedPence: pence(row.refunded),
    })),
  };
};

/** `reportedFigures` when everything is right. */
export const expectedFigures = (): object => {
  const { byDay, byCountry, topProductsByGross, topCustomersByGross } = expected;
  return { byDay, byCountry, topProductsByGross, topCustomersByGross };
};

const byKey = (rows: readonly Row[]): Record<string, Figures> =>
  Object.fromEntries(
    rows.map(({ key, orders, units, gross, returns, refunded }) => [
      key,
      { orders, units, grossPence: pence(gross), returns, refundedPence: pence(refunded) },
    ]),
  );

/** `58960.79` is 5896079; by text, never by a float. */
const pence = (amount: string): number => {
  if (!/^\d+\.\d\d$/.test(amount)) throw new Error(`${amount} is not an amount in pounds and pence`);
  return Number(amount.replace('.', ''));
};
