import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { FileUnusable } from './file-unusable.error.js';
import { planRetailFile } from './plan-retail-file.js';
import type { RetailPlan } from './retail-plan.js';

const SAMPLE = fileURLToPath(new URL('../../../../samples/online-retail-2010-12-01.csv', import.meta.url));
const HEADER = 'InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country';
const row = (
  invoiceNo: string,
  { quantity = '6', price = '2.55', customer = '17850.0', sku = '85123A' } = {},
): string => `${invoiceNo},${sku},HEART,${quantity},2010-12-01 08:26:00,${price},${customer},United Kingdom`;

let directory: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'ledgerline-plan-'));
});

afterEach(async () => {
  await rm(directory, { recursive: true, force: true });
});

const planOf = async (content: string | Buffer): Promise<RetailPlan> => {
  const path = join(directory, 'orders.csv');
  await writeFile(path, content);
  return await planRetailFile(path);
};

const planOfRows = (...rows: string[]): Promise<RetailPlan> => planOf([HEADER, ...rows, ''].join('\n'));

const refusals = ({ refusedLines }: RetailPlan): string[] =>
  refusedLines.map(({ line, reason }) => `${line} ${reason}`);

describe('a plan of the sample', () => {
  it('has the figures that were worked out independently', async () => {
    const { rows, invoices, refusedLines, refusedInvoices } = await planRetailFile(SAMPLE);
    const sales = invoices.filter(({ kind }) => kind === 'sale');
    const units = sales.flatMap(({ items }) => items).reduce((sum, { quantity }) => sum + quantity, 0);
    expect({ rows, orders: sales.length, returns: invoices.length - sales.length, units }).toEqual({
      ...{ rows: 3108, orders: 127, returns: 6, units: 26919 },
    });
    expect(sales.reduce((sum, { items }) => sum + items.length, 0)).toBe(3072);
    expect(refusedLines.filter(({ reason }) => reason === 'non-positive-price')).toHaveLength(9);
    expect(refusedLines.filter(({ reason }) => reason === 'non-positive-quantity')).toHaveLength(1);
    expect(refusedInvoices.map(({ reason }) => reason)).toEqual(Array(10).fill('empty-invoice'));
  });

  it('takes no half invoice when the file was cut off within its last row', async () => {
    const text = await readFile(SAMPLE, 'utf8');
    const bytes = Buffer.from([HEADER, ...text.trimEnd().split('\n').slice(-40), ''].join('\n'));
    const lastRow = bytes.lastIndexOf(10, bytes.length - 2) + 1;
    const whole = (await planOf(bytes)).invoices.at(-1);
    for (let end = lastRow + 1; end < bytes.length; end += 1) {
      const plan = await planOf(bytes.subarray(0, end));
      const last = plan.invoices.find(({ invoiceNo }) => invoiceNo === whole?.invoiceNo);
      const refused = plan.refusedLines.find(({ line }) => line === 41);
      // Cut within the last column, the country of a row that is not its invoice's first, nothing is missing.
      expect(last ?? refused?.reason).toEqual(refused ? 'malformed-row' : whole);
    }
  });
});

describe('a row', () => {
  it.each([
    ['a sale of nothing', row('1', { quantity: '0' }), 'non-positive-quantity'],
    ['a sale that is taken back', row('1', { quantity: '-1', price: '0' }), 'non-positive-quantity'],
    ['a return that is none', row('C1', { quantity: '1' }), 'non-positive-quantity'],
    ['a price of zero', row('1', { price: '0.00' }), 'non-positive-price'],
    ['a negative price', row('1', { price: '-2.55' }), 'non-positive-price'],
    ['an invoice that is neither', row('A1', { quantity: 'x' }), 'unsupported-invoice'],
    ['too few columns', '1,85123A,HEART,6', 'malformed-row'],
    ['too many columns', `${row('1')},more`, 'malformed-row'],
    ['a quantity that is no number', row('1', { quantity: 'six' }), 'malformed-row'],
    ['a quantity that is not whole', row('1', { quantity: '1.5' }), 'malformed-row'],
    ['a quantity above the limit', row('1', { quantity: '1000001' }), 'malformed-row'],
    ['a price with five decimals', row('1', { price: '0.00001' }), 'malformed-row'],
    ['a price in another notation', row('1', { price: '1e3' }), 'malformed-row'],
    ['a sku above the limit', row('1', { sku: 'x'.repeat(65) }), 'malformed-row'],
    ['a customer that is no id', row('1', { customer: 'a b' }), 'malformed-row'],
    ['a day that does not exist', row('1').replace('2010-12-01', '2010-02-30'), 'malformed-row'],
    ['no country', row('1').replace('United Kingdom', ''), 'malformed-row'],
    ['no invoice number', row(''), 'malformed-row'],
    ['an invoice number that is no id', row('1/2'), 'malformed-row'],
    ['a quote that is not closed', row('1').replace('HEART', '"HEART'), 'malformed-row'],
    ['a quote in the middle', row('1').replace('HEART', '"HE"ART'), 'malformed-row'],
  ])('with %s is refused, and the rest goes on', async (_, bad, reason) => {
    const plan = await planOfRows(row('7'), bad, row('7'));
    expect(refusals(plan)).toEqual([`3 ${reason}`]);
    expect(plan.invoices.map(({ invoiceNo, items }) => [invoiceNo, items.length])).toEqual([['7', 2]]);
  });

  it('that is malformed takes the rest of its invoice with it, and says why', async () => {
    const plan = await planOfRows(row('1'), row('2'), row('1', { quantity: 'six' }), row('1', { price: '0' }));
    expect(plan.refusedLines).toEqual([
      { line: 2, reason: 'incomplete-invoice' },
      { line: 4, reason: 'malformed-row', rule: 'Quantity must be a whole number, is "six"' },
      { line: 5, reason: 'non-positive-price' },
    ]);
    expect(plan.refusedInvoices).toEqual([{ invoiceNo: '1', reason: 'incomplete-invoice' }]);
    expect(plan.invoices.map(({ invoiceNo }) => invoiceNo)).toEqual(['2']);
  });

  it('that would make its line too large is refused before anything is sent', async () => {
    const plan = await planOfRows(
      row('1', { quantity: '1000000' }),
      row('1', { price: '2.550', quantity: '1' }),
      row('2', { quantity: '999999' }),
      row('2', { quantity: '1' }),
      row('2', { sku: 'B', quantity: '1' }),
    );
    expect(refusals(plan)).toEqual(['2 incomplete-invoice', '3 quantity-too-large']);
    expect(plan.invoices.map(({ invoiceNo, items }) => [invoiceNo, items.length])).toEqual([['2', 3]]);
  });

  it('keeps its place when rows before it are refused', async () => {
    const { invoices } = await planOfRows(row('1', { price: '0' }), row('2'), row('1'));
    expect(invoices[0]?.items).toMatchObject([{ place: 2, line: 4 }]);
  });

  it('may be quoted, with quotes, commas and line ends inside, and end in CR LF', async () => {
    const { invoices } = await planOfRows(`${row('1').replace('HEART', '"a ""b"",\nc"')}\r`, row('1'));
    expect(invoices[0]?.items).toMatchObject([
      { line: 2, description: 'a "b",\nc' },
      { line: 4, description: 'HEART' },
    ]);
  });
});

describe('an invoice', () => {
  it('has the time, customer and country of its first row, wherever its rows are', async () => {
    const { invoices } = await planOfRows(row('1', { price: '0' }), row('2'), row('1', { customer: '1.0' }));
    expect(invoices[0]).toMatchObject({ invoiceNo: '1', time: '2010-12-01T08:26:00.000Z', customerId: '17850' });
  });

  it('of somebody who was not signed in is a guest', async () => {
    const { invoices } = await planOfRows(row('1', { customer: '' }));
    expect(invoices[0]).toMatchObject({ customerId: 'guest-1' });
  });

  it('that starts with C is a return with positive quantities', async () => {
    const { invoices } = await planOfRows(row('C1', { quantity: '-6' }));
    expect(invoices[0]).toMatchObject({ kind: 'return', items: [{ quantity: 6 }] });
  });

  it('without a row that is taken is empty', async () => {
    const { refusedInvoices } = await planOfRows(row('1', { price: '0' }), row('A1'));
    expect(refusedInvoices).toEqual([
      { invoiceNo: '1', reason: 'empty-invoice' },
      { invoiceNo: 'A1', reason: 'unsupported-invoice' },
    ]);
  });
});

describe('a file that cannot be used as a whole', () => {
  it.each([
    ['lacks a column', `${HEADER.replace(',UnitPrice', '')}\n`, /line 1 lacks the column UnitPrice/],
    ['lacks several', 'InvoiceNo,StockCode\n', /lacks the columns Description, Quantity/],
    ['has a column twice', `${HEADER},Country\n`, /the column Country twice/],
    ['is empty', '', /is empty/],
    ['is not UTF-8', Buffer.from(`${HEADER}\n${row('1')}\n${row('2')} \xe9\n`, 'latin1'), /not UTF-8: line 3/],
    ['is UTF-16', Buffer.from(`\ufeff${HEADER}\n`, 'utf16le'), /not UTF-8: line 1/],
  ])('%s', async (_, content, message) => {
    await expect(planOf(content)).rejects.toThrow(FileUnusable);
    await expect(planOf(content)).rejects.toThrow(message);
  });

  it('is not there, or is a directory', async () => {
    await expect(planRetailFile(join(directory, 'none.csv'))).rejects.toThrow(/there is no such file/);
    await expect(planRetailFile(directory)).rejects.toThrow(/is a directory/);
  });

  it('but a byte order mark and columns in another order are fine', async () => {
    const { invoices } = await planOf(
      '\ufeffCountry,CustomerID,UnitPrice,InvoiceDate,Quantity,Description,StockCode,InvoiceNo\nEIRE,1.0,2.5,2010-12-01 08:26:00,3,X,S,1\n',
    );
    expect(invoices).toMatchObject([{ country: 'EIRE', items: [{ sku: 'S', quantity: 3, unitPrice: '2.5' }] }]);
  });
});
