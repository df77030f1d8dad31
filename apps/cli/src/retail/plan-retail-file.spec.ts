import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gatherInvoices } from './gather-invoices.js';
import { planRetailFile } from './plan-retail-file.js';
import { RetailFile } from './retail-file.js';
import type { PlannedInvoice, RepeatedRowsChoice, RetailPlan } from './retail-plan.js';

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

/** The plan, with the rows of its invoices. */
type FullPlan = Omit<RetailPlan, 'invoices'> & { readonly invoices: readonly PlannedInvoice[] };

const planAt = async (path: string, choice?: RepeatedRowsChoice): Promise<FullPlan> => {
  const file = await RetailFile.open(path);
  const plan = await planRetailFile(file, choice);
  const invoices: PlannedInvoice[] = [];
  for await (const invoice of gatherInvoices(file, plan)) invoices.push(invoice);
  expect(invoices.map(({ items }) => items.length).sort()).toEqual(plan.invoices.map(({ items }) => items).sort());
  return { ...plan, invoices };
};

const planOf = async (content: string | Buffer, choice?: RepeatedRowsChoice): Promise<FullPlan> => {
  const path = join(directory, 'orders.csv');
  await writeFile(path, content);
  return await planAt(path, choice);
};

const linesOf = (...rows: string[]): string => [HEADER, ...rows, ''].join('\n');
const planOfRows = (...rows: string[]): Promise<FullPlan> => planOf(linesOf(...rows));

const refusals = ({ refusedLines }: Pick<RetailPlan, 'refusedLines'>): string[] =>
  refusedLines.map(({ line, reason }) => `${line} ${reason}`);

describe('a plan of the sample', () => {
  it('has the figures that were worked out independently', async () => {
    const { rows, invoices, refusedLines, refusedInvoices } = await planAt(SAMPLE);
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
    ['an invoice that is a word', row('cash'), 'unsupported-invoice'],
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
    ['a price with a decimal comma', row('1', { price: '"2,55"' }), 'malformed-row'],
    ['a price with a thousands separator', row('1', { price: '"1,002.55"' }), 'malformed-row'],
    ['a price with a currency sign', row('1', { price: '£2.55' }), 'malformed-row'],
    ['a price in spaces', row('1', { price: ' 2.55' }), 'malformed-row'],
    ['a price of nan', row('1', { price: 'nan' }), 'malformed-row'],
    ['a quantity with decimals of nothing', row('1', { quantity: '6.0' }), 'malformed-row'],
    ['a sku that says there is none', row('1', { sku: 'NULL' }), 'malformed-row'],
    ['a country that says there is none', row('1').replace('United Kingdom', 'nan'), 'malformed-row'],
    ['a customer of a part', row('1', { customer: '17850.5' }), 'malformed-row'],
    ['a customer in another notation', row('1', { customer: '1.785E4' }), 'malformed-row'],
    ['customer zero', row('1', { customer: '0.0' }), 'malformed-row'],
    ['a negative customer', row('1', { customer: '-1' }), 'malformed-row'],
    ['the year 1899', row('1').replace('2010', '1899'), 'malformed-row'],
    ['the year 9999', row('1').replace('2010', '9999'), 'malformed-row'],
    ['a year of two digits', row('1').replace('2010-12-01', '1/12/10'), 'malformed-row'],
    ['a time of a half day', row('1').replace('26:00', '26:00 AM'), 'malformed-row'],
    ['a day without a time', row('1').replace(' 08:26:00', ''), 'malformed-row'],
    ['a serial number for a date', row('1').replace('2010-12-01 08:26:00', '40513.35'), 'malformed-row'],
    ['U+FFFD in its description', row('1').replace('HEART', 'HE\ufffdART'), 'malformed-row'],
    ['U+FFFD in its country', row('1').replace('Kingdom', 'Kingd\ufffdm'), 'malformed-row'],
    ['U+0000 in its description', row('1').replace('HEART', 'HE\0ART'), 'malformed-row'],
    ['a number that is not written as one', row('1.0'), 'malformed-row'],
    ['a return in lower case', row('c1', { quantity: '-1' }), 'malformed-row'],
    ['a quote that is not closed', row('1').replace('HEART', '"HEART'), 'malformed-row'],
    ['a quote in the middle', row('1').replace('HEART', '"HE"ART'), 'malformed-row'],
  ])('with %s is refused, and the rest goes on', async (_, bad, reason) => {
    const plan = await planOfRows(row('7'), bad, row('7', { quantity: '2' }));
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
    const flaw = { line: 4, rule: 'Quantity must be a whole number, is "six"' };
    expect(plan.refusedInvoices).toEqual([{ invoiceNo: '1', reason: 'incomplete-invoice', lines: [2, 4, 5], flaw }]);
    expect(plan.invoices.map(({ invoiceNo }) => invoiceNo)).toEqual(['2']);
  });

  it('that would make its line too large is refused before anything is sent', async () => {
    const plan = await planOfRows(
      row('1', { quantity: '1000000' }),
      row('1', { price: '2.550', quantity: '1' }),
      row('2', { quantity: '999999' }),
      row('2', { quantity: '1' }),
      row('2', { sku: 'B', quantity: '1' }),
      ...Array.from({ length: 2001 }, (_, i) => row('3', { sku: `S${i}` })),
    );
    expect(refusals(plan).slice(0, 3)).toEqual([
      '2 incomplete-invoice',
      '3 quantity-too-large',
      '7 incomplete-invoice',
    ]);
    expect(refusals(plan).at(-1)).toBe('2007 too-many-lines');
    expect(plan.invoices.map(({ invoiceNo, items }) => [invoiceNo, items.length])).toEqual([['2', 3]]);
  });

  it('keeps its place when rows before it are refused', async () => {
    const { invoices } = await planOfRows(row('1', { price: '0' }), row('2'), row('1'));
    expect(invoices.at(-1)?.items).toMatchObject([{ place: 2, line: 4 }]);
  });

  it('may be quoted, with quotes, commas and line ends inside, and end in CR LF', async () => {
    const { invoices } = await planOfRows(`${row('1').replace('HEART', '"a ""b"",\nc"')}\r`, row('1'));
    expect(invoices[0]?.items).toMatchObject([
      { line: 2, description: 'a "b",\nc' },
      { line: 4, description: 'HEART' },
    ]);
  });
});

describe('a text of the file in a message', () => {
  const ruleOf = async (text: string): Promise<string> => (await planOfRows(text)).refusedLines[0]?.rule ?? 'none';

  it.each([
    ['a space that cannot be broken', row('1').replace('United Kingdom', '\u00a0'), 'its character 1 is U+00A0'],
    ['a mark without a shape', row('53\u200b6'), 'its character 3 is U+200B'],
    ['the end of a file of DOS', '\x1a', 'its character 1 is U+001A'],
    ['an escape of a terminal', row('1', { quantity: '6\x1b[31m' }), 'its character 2 is U+001B'],
    ['a soft hyphen', row('1', { price: '2\u00ad.55' }), 'its character 2 is U+00AD'],
    ['a filler', row('1', { customer: '1\u31643' }), 'its character 2 is U+3164'],
    ['a space in a time', row('1').replace('2010-12-01 ', '2010-12-01\u00a0'), 'its character 11 is U+00A0'],
  ])('names what cannot be seen, and does not print it: %s', async (_, text, named) => {
    const rule = await ruleOf(text);
    expect(rule).toContain(named);
    expect(rule).toMatch(/^[\x20-\x7e]*$/);
  });

  it('is cut where it is long', async () => {
    expect(await ruleOf(row('1', { quantity: 'x'.repeat(2_000_000) }))).toBe(
      `Quantity must be a whole number, is "${'x'.repeat(60)}…" (2000000 characters)`,
    );
    expect((await ruleOf(row('1', { customer: `${'x'.repeat(2_000_000)} ` }))).length).toBeLessThan(300);
    expect((await ruleOf(row('x'.repeat(2_000_000)))).length).toBeLessThan(300);
  });
});

describe('a time', () => {
  const rulesOf = async (...times: string[]): Promise<(string | undefined)[]> => {
    const plan = await planOfRows(...times.map((time, i) => row(`${i}`).replace('2010-12-01 08:26:00', time)));
    return plan.refusedLines.map(({ rule }) => rule);
  };

  it('that is out of range is refused in one sentence, with the text of the file', async () => {
    const ahead = new Date(Date.now() + 3_600_000).toISOString().slice(0, 19).replace('T', ' ');
    const texts = ['1969-12-31 23:59:59', ahead, '9999-12-01 08:26:00'];
    expect(await rulesOf(...texts)).toEqual(
      texts.map((text) => `InvoiceDate must lie between 1970 and a minute from now, in UTC, is "${text}"`),
    );
  });

  it('that does not exist is refused by the order that the file shows', async () => {
    const rule = (text: string): string => `InvoiceDate must be a day and a time that exist, is "${text}"`;
    expect(await rulesOf('13/02/2010 8:26', '45/02/2010 8:26')).toEqual([`${rule('45/02/2010 8:26')}, dates as dmy`]);
    expect(await rulesOf('45/02/2010 8:26', '2/45/2010 8:26')).toEqual(['45/02/2010 8:26', '2/45/2010 8:26'].map(rule));
  });
});

describe('an invoice', () => {
  it('has the time, customer and country of its first row, wherever its rows are', async () => {
    const { invoices } = await planOfRows(row('1', { price: '0' }), row('2'), row('1', { customer: '1.0' }));
    expect(invoices.at(-1)).toMatchObject({ invoiceNo: '1', time: '2010-12-01T08:26:00.000Z', customerId: '17850' });
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
      { invoiceNo: '1', reason: 'empty-invoice', lines: [2] },
      { invoiceNo: 'A1', reason: 'unsupported-invoice', lines: [3] },
    ]);
  });
});

describe('an invoice of which a row is refused for its number', () => {
  it.each([
    ['with a space behind it', '536365 '],
    ['with a space before it', ' 536365'],
    ['with a space that cannot be broken', '536365\u00a0'],
    ['with a mark that cannot be seen', '\u200b536365'],
    ['in quotes', "'536365'"],
    ['in doubled quotes', '"""536365"""'],
    ['as a formula', '"=""536365"""'],
    ['with decimals of nothing', '536365.0'],
    ['in wide digits', '５３６３６５'],
  ])('%s is refused with all its rows', async (_, number) => {
    for (const rows of [
      [row(number), row('536365', { quantity: '2' }), row('7')],
      [row('536365', { quantity: '2' }), row('7'), row(number)],
    ]) {
      const { refusedInvoices, invoices, refusedLines } = await planOfRows(...rows);
      expect(refusedLines.map(({ reason }) => reason).sort()).toEqual(['incomplete-invoice', 'malformed-row']);
      expect(refusedInvoices).toMatchObject([{ invoiceNo: '536365', reason: 'incomplete-invoice' }]);
      expect(invoices.map(({ invoiceNo }) => invoiceNo)).toEqual(['7']);
    }
  });

  it.each(['5.36365E5', '1e5', '536365.5', 'C5.36379E5'])('that a spreadsheet wrote: %s', async (number) => {
    const quantity = number.startsWith('C') ? '-6' : '6';
    const { refusedLines, invoices } = await planOfRows(row(number, { quantity }), row('7'));
    expect(refusedLines).toEqual([
      { line: 2, reason: 'malformed-row', rule: expect.stringContaining('without decimals and exponent') },
    ]);
    expect(invoices.map(({ invoiceNo }) => invoiceNo)).toEqual(['7']);
  });

  it('that is spelled in two ways is refused, and says where', async () => {
    const lower = await planOfRows(row('C1', { quantity: '-1' }), row('c1', { quantity: '-1' }));
    expect(lower.refusedLines).toMatchObject([{ line: 2 }, { line: 3, rule: expect.stringContaining('capital C') }]);
    const { refusedLines } = await planOfRows(row('9x1'), row('9X1'));
    expect(refusedLines).toEqual([
      { line: 2, reason: 'incomplete-invoice' },
      { line: 3, reason: 'malformed-row', rule: 'InvoiceNo is "9X1" here, and "9x1" on line 2' },
    ]);
  });

  it.each(['', 'nan', ' ', 'NULL', '536\ufffd', '1/2', '2*', 'x'.repeat(101)])(
    'that is "%s" may be short of it before and behind the row',
    async (number) => {
      const plan = await planOfRows(row('1'), row('2'), row(number), row('3'), row('4'));
      expect(refusals(plan)).toEqual(['3 incomplete-invoice', '4 malformed-row', '5 incomplete-invoice']);
      expect(plan.invoices.map(({ invoiceNo }) => invoiceNo)).toEqual(['1', '4']);
    },
  );

  it('that cannot be told where a separator is one too many before it', async () => {
    const [header, ...rows] = [HEADER, row('1'), row('2').replace('HEART', 'HE,ART'), row('2'), row('3')].map((text) =>
      text.replace(/^([^,]*),(.*)$/, '$2,$1'),
    );
    const plan = await planOf([header, ...rows, ''].join('\n'));
    expect(refusals(plan)).toEqual(['2 incomplete-invoice', '3 malformed-row', '4 incomplete-invoice']);
    expect(plan.invoices.map(({ invoiceNo }) => invoiceNo)).toEqual(['3']);
  });

  it('that was swallowed by a quote which is not closed', async () => {
    const open = row('1').replace('HEART', '"HEART');
    const plan = await planOfRows(open, row('2').replace('HEART', 'CUP"'), row('2'), row('3'));
    expect(refusals(plan)).toEqual(['2 malformed-row', '3 malformed-row', '4 incomplete-invoice']);
    expect(plan.invoices.map(({ invoiceNo }) => invoiceNo)).toEqual(['3']);
  });
});

describe('rows that come again', () => {
  const [a, b, c] = [row('1'), row('1', { sku: 'B' }), row('1', { sku: 'C' })];

  it('beside each other in one invoice all count', async () => {
    const { invoices, repeatedLines } = await planOfRows(a, a, b, a, row('2'));
    expect(repeatedLines).toEqual([]);
    expect(invoices.map(({ items }) => items.length)).toEqual([4, 1]);
  });

  it('beside each other as a whole invoice all count, and are named', async () => {
    const plan = await planOfRows(a, b, c, a, b, c, row('2'), row('2'), row('3'), row('3', { sku: 'B' }));
    expect(plan.invoices.map(({ items }) => items)).toMatchObject([{ length: 6 }, { length: 2 }, { length: 2 }]);
    expect(plan.doubledInvoices).toEqual([{ invoiceNo: '1', lines: [2, 3, 4, 5, 6, 7] }]);
  });

  it('after rows of other invoices make the file unusable, which names them', async () => {
    const content = linesOf(a, a, b, row('2'), a, a, c, row('2'));
    const message =
      /: 3 rows come again after rows of other invoices \(lines 6-7, 9; line 6 is line 2 again, of invoice 1\)\. Say --repeated-rows drop/;
    await expect(planOf(content)).rejects.toThrow(message);
  });

  it('are left out by drop, as if the file did not have them', async () => {
    const { rows, invoices, repeatedLines, refusedLines } = await planOf(
      linesOf(a, a, b, row('2'), a, a, a, c),
      'drop',
    );
    expect([rows, repeatedLines, refusedLines]).toEqual([8, [6, 7], []]);
    const once = await planOf(linesOf(a, a, b, a, c, row('2')));
    const without = ({ items, ...invoice }: PlannedInvoice): object => ({
      ...invoice,
      items: items.map(({ line: _line, ...item }) => item),
    });
    expect(invoices.map(without).reverse()).toEqual(once.invoices.map(without));
  });

  it('count once for every run of them that is left out', async () => {
    const { repeatedLines, invoices } = await planOf(linesOf(a, b, row('2'), a, row('2'), b, a, c), 'drop');
    expect(repeatedLines).toEqual([5, 6, 7, 8]);
    expect(invoices.map(({ invoiceNo, items }) => [invoiceNo, items.length])).toEqual([
      ...[
        ['2', 1],
        ['1', 3],
      ],
    ]);
  });

  it('count each as a row by keep, whose ids go on', async () => {
    const { invoices, repeatedLines } = await planOf(linesOf(a, b, row('2'), a), 'keep');
    expect(repeatedLines).toEqual([5]);
    expect(invoices.find(({ invoiceNo }) => invoiceNo === '1')?.items.map(({ place }) => place)).toEqual([1, 2, 3]);
  });

  it('are recognised however they spell their numbers, and when they cannot be read', async () => {
    const other = a.replace('2.55', '2.550').replace('17850.0', '17850');
    const broken = row('1', { quantity: 'six' });
    const { repeatedLines, refusedLines } = await planOf(linesOf(a, broken, row('2'), other, broken), 'drop');
    expect(repeatedLines).toEqual([5, 6]);
    expect(refusedLines.map(({ line }) => line)).toEqual([2, 3]);
  });

  it('are not those that differ in what an order counts', async () => {
    const others = [row('1', { sku: 'X' }), row('1', { quantity: '7' }), row('1', { price: '2.56' })];
    const { repeatedLines } = await planOfRows(a, row('2'), ...others);
    expect(repeatedLines).toEqual([]);
  });

  it.each([
    ['an accent in two characters', row('1').replace('HEART', 'CAFE\u0301')],
    ['a space behind its description', row('1').replace('HEART', 'HEART ')],
    ['another description', row('1').replace('HEART', 'Heart red')],
    ['a minute', row('1').replace('26:00', '27:00')],
    ['another customer', row('1', { customer: '17851' })],
    ['no customer', row('1', { customer: '' })],
    ['another country', row('1').replace('United Kingdom', 'EIRE')],
  ])('are those, too, that differ by %s', async (_, again) => {
    const first = again.includes('CAFE') ? a.replace('HEART', 'CAF\u00c9') : a;
    await expect(planOfRows(first, row('2'), again)).rejects.toThrow(/line 4 is line 2 again, of invoice 1/);
  });

  it('need no choice where their invoice is refused anyway', async () => {
    const broken = row('1', { quantity: 'six' });
    const plan = await planOfRows(broken, row('A1'), row('2'), broken, row('A1'), row('3', { price: '0' }));
    expect(plan.invoices.map(({ invoiceNo }) => invoiceNo)).toEqual(['2']);
    await expect(planOfRows(broken, row('2'), row('3'), row('2'), broken)).rejects.toThrow(
      /: 1 row comes again .*\(line 5; line 5 is line 3 again, of invoice 2\)/,
    );
  });

  it('behind a header that stands again, of a single invoice', async () => {
    const twice = linesOf(a, b) + `\ufeff${linesOf(a, b)}`;
    await expect(planOf(twice)).rejects.toThrow(/lines 5-6; line 5 is line 2 again/);
    const { rows, repeatedHeaders, invoices } = await planOf(twice, 'drop');
    expect([rows, repeatedHeaders, invoices.length]).toEqual([4, [4], 1]);
  });

  it('cannot be told behind another header', async () => {
    const other = 'Country,CustomerID,UnitPrice,InvoiceDate,Quantity,Description,StockCode,InvoiceNo';
    await expect(planOf(`${linesOf(a)}${other}\n`)).rejects.toThrow(/line 3 is another header than line 1/);
  });
});

it('a customer who is not signed in is written in many ways', async () => {
  for (const customer of [
    '',
    'nan',
    'NaN',
    'NULL',
    'null',
    'N/A',
    '#N/A',
    'NA',
    '<NA>',
    'None',
    '-',
    '(null)',
    '\\N',
  ]) {
    const { invoices } = await planOfRows(row('1', { customer }));
    expect([customer, invoices[0]?.customerId]).toEqual([customer, 'guest-1']);
  }
  for (const customer of ['17850', '17850.0', '17850.00']) {
    const { invoices } = await planOfRows(row('1', { customer }));
    expect([customer, invoices[0]?.customerId]).toEqual([customer, '17850']);
  }
});

it('a file that is changed while it is imported says so', async () => {
  const path = join(directory, 'orders.csv');
  await writeFile(path, linesOf(row('1'), row('1')));
  const file = await RetailFile.open(path);
  const plan = await planRetailFile(file);
  await writeFile(path, linesOf(row('1')));
  await expect(gatherInvoices(file, plan).next()).rejects.toThrow(/was changed while it was imported/);
});
