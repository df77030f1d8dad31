import { describe, expect, it } from '@jest/globals';
import type { SalesDimension, SalesDocument } from './sales-document.js';
import { salesFilter, salesRows } from './sales-report.view.js';

const document = (by: SalesDimension, key: string, gross: string): SalesDocument => ({
  ...{
    by,
    key,
    day: by === 'day' ? key : null,
    currency: 'GBP',
    orders: 1,
    units: 1,
    gross,
    returns: 0,
    refunded: '0.00',
  },
});
const keys = (by: SalesDimension, documents: readonly SalesDocument[]): readonly string[] =>
  salesRows(documents, { by }).map(({ key }) => key);

describe('the rows of a report', () => {
  it('come with the largest gross first, by number, and ties by key as code units', () => {
    const documents = [
      ...[document('product', 'b', '9.00'), document('product', 'a', '9.00'), document('product', 'B', '9.00')],
      ...[document('product', 'c', '10.00'), document('product', 'd', '100.00')],
    ];
    expect(keys('product', documents)).toEqual(['d', 'c', 'B', 'a', 'b']);
  });

  it('come by date where they are days', () => {
    const documents = [document('day', '2010-12-02', '100.00'), document('day', '2010-12-01', '1.00')];
    expect(keys('day', documents)).toEqual(['2010-12-01', '2010-12-02']);
  });

  it('are exact beyond what a float holds', () => {
    const documents = Array.from({ length: 3 }, () => document('country', 'EIRE', '90071992547409.93'));
    expect(salesRows(documents, { by: 'country' })[0]).toMatchObject({
      gross: '270215977642229.79',
      orders: 3,
      units: 3,
    });
  });
});

describe('the documents of a report', () => {
  it('are those over all days where no range is asked for', () => {
    expect(salesFilter({ by: 'product', currency: 'GBP' })).toEqual({ by: 'product', currency: 'GBP', day: null });
    expect(salesFilter({ by: 'day', currency: 'GBP' })).toEqual({ by: 'day', currency: 'GBP' });
  });

  it.each([
    [{ from: '2010-12-01' }, { $gte: '2010-12-01' }],
    [{ to: '2010-12-02' }, { $gte: '', $lt: '2010-12-02' }],
    [
      { from: '2010-12-01', to: '2010-12-02' },
      { $gte: '2010-12-01', $lt: '2010-12-02' },
    ],
  ])('are the days of %j', (range, day) => {
    for (const by of ['product', 'day'] as const)
      expect(salesFilter({ by, currency: 'GBP', ...range })).toEqual({ by, currency: 'GBP', day });
  });
});
