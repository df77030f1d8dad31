import { salesCursorInQuery } from './sales-cursor.js';
import { type PageOfSales, salesPage } from './sales-page.js';
import type { SalesRow } from './sales-document.js';

const row = (key: string, gross: string): SalesRow => ({
  ...{ key, orders: 1, units: 1, gross, returns: 0, refunded: '0.00' },
});
const days = Array.from({ length: 125 }, (_, n) => row(new Date(n * 86_400_000).toISOString().slice(0, 10), '1.00'));
// Of which ten have the same gross each: the largest first, ties by key, as a report has them.
const products = Array.from({ length: 1_205 }, (_, n) =>
  row(`p${String(n).padStart(4, '0')}`, `${Math.floor((2_000 - n) / 10)}.50`),
);

const allPages = (rows: readonly SalesRow[], query: PageOfSales): readonly (readonly SalesRow[])[] => {
  const pages: (readonly SalesRow[])[] = [];
  for (let after: PageOfSales['after']; ;) {
    const page = salesPage(rows, { ...query, after });
    pages.push(page.rows);
    if (page.next === undefined || pages.length > rows.length) return pages;
    after = salesCursorInQuery.parse(page.next).place;
  }
};

describe('a page of a report', () => {
  it('has all days', () => {
    expect(salesPage(days, { by: 'day', currency: 'GBP' })).toEqual({ rows: days });
  });

  it('has a hundred rows of anything else, and says that there are more', () => {
    const { rows, next } = salesPage(products, { by: 'product', currency: 'GBP' });
    expect([rows.length, next]).toEqual([100, expect.any(String)]);
    expect(salesPage(products.slice(0, 100), { by: 'product', currency: 'GBP' }).next).toBeUndefined();
  });

  it('is behind a cursor of its own making only', () => {
    const encoded = (gross: unknown): string =>
      Buffer.from(JSON.stringify([gross, 'key', 'list'])).toString('base64url');
    expect(salesCursorInQuery.safeParse(encoded('-15.30')).success).toBe(true);
    for (const gross of ['', 'much', '1e999', 15.3])
      expect(salesCursorInQuery.safeParse(encoded(gross)).success).toBe(false);
  });

  it.each([
    ['day', days, 7],
    ['product', products, 7],
    ['product', products, 1_000],
  ] as const)('leads to every row once: by %s', (by, rows, limit) => {
    const pages = allPages(rows, { by, currency: 'GBP', limit });
    expect(pages.flat()).toEqual(rows);
    expect(pages).toHaveLength(Math.ceil(rows.length / limit));
  });
});
