import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ask, type Body, es, jsonOf, Shop } from './index.js';

let shop: Shop;
let directory: string;

beforeAll(async () => {
  shop = await Shop.open();
  directory = await mkdtemp(join(tmpdir(), 'ledgerline-files-'));
});
afterAll(async () => {
  await shop?.close();
  await rm(directory, { recursive: true, force: true });
});

const HEADER = 'InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country';
const row = (invoiceNo: string, quantity = '6', time = '2012-03-01 08:26:00'): string =>
  `${invoiceNo},85123A,HEART,${quantity},${time},2.55,17850.0,EIRE`;
const fileOf = (...rows: string[]): string => [HEADER, ...rows, ''].join('\n');

interface Imported {
  readonly code: number | null;
  readonly stderr: string;
  readonly body: Body;
}

const importing = async (content: string | Buffer, ...options: string[]): Promise<Imported> => {
  const path = join(directory, 'orders.csv');
  await writeFile(path, content);
  const { code, stdout, stderr } = await es(shop.env, 'import', 'retail', path, '--json', ...options);
  return { code, stderr, body: jsonOf(stdout) };
};

const exists = async (order: string): Promise<boolean> =>
  (await ask(`GET ${shop.orders}/carts/${order}`)).status === 200;
const totalOf = async (order: string): Promise<unknown> =>
  (await ask(`GET ${shop.projections}/orders/${order}`)).body['total'];

describe('the exit code of an import', () => {
  const nothing = fileOf(row('A8801'), row('8802', '0'));
  const some = fileOf(row('8803'), row('8803', '0'));

  it.each([
    ['2 when no row could be taken', 2, 'nothing-to-import', nothing, []],
    ['2 when no row could be taken, not even tried', 2, 'nothing-to-import', nothing, ['--dry-run']],
    ['2 when the file is of another kind', 2, 'file-unusable', Buffer.from('PK\x03\x04xl/'), []],
    ['2 when there is only a header', 2, 'file-unusable', fileOf(), []],
    ['1 when a row was refused and that matters', 1, 'rows-refused', some, ['--strict']],
    ['0 when a row was refused', 0, undefined, some, []],
    ['0 when nothing is new', 0, undefined, some, []],
  ])('is %s', async (_, expected, error, content, options) => {
    const { code, body, stderr } = await importing(content, ...options);
    expect([code, (body['error'] as Body | undefined)?.['code']]).toEqual([expected, error]);
    expect(stderr.includes('es: ')).toBe(expected > 0);
  });
});

describe('a file with rows that come again', () => {
  const twice = fileOf(row('8811'), row('8812'), row('8811'), row('8812'));

  it('changes nothing until it is said what they are', async () => {
    const { code, stderr } = await importing(twice);
    expect(code).toBe(2);
    expect(stderr).toMatch(
      /2 rows come again .*\(lines 4-5; line 4 is line 2 again, of invoice 8811\).*--repeated-rows/,
    );
    expect(await exists('8811')).toBe(false);
  });

  it('is imported without them, which is as the file without them', async () => {
    const { code, body, stderr } = await importing(twice, '--repeated-rows', 'drop');
    expect([code, body]).toMatchObject([
      0,
      { rows: 4, itemsAdded: 2, repeatedRows: { rows: 2, lines: ['4-5'], choice: 'drop' } },
    ]);
    expect(stderr).toMatch(/left out: 2, lines 4-5/);
    expect(await totalOf('8811')).toBe('15.30');
    expect((await importing(fileOf(row('8811'), row('8812')))).body).toMatchObject({ recorded: 0, repeated: 6 });
  });

  it('is imported with them', async () => {
    const kept = twice.replaceAll('881', '882');
    expect((await importing(kept, '--repeated-rows', 'keep')).body).toMatchObject({ itemsAdded: 4, recorded: 8 });
    expect(await totalOf('8821')).toBe('30.60');
    expect((await importing(kept, '--repeated-rows', 'keep')).body).toMatchObject({ recorded: 0, repeated: 8 });
  });

  it('that is imported again with the other choice says what is not taken', async () => {
    const { code, body } = await importing(twice, '--repeated-rows', 'keep');
    expect([code, body]).toMatchObject([1, { rejectedCommands: [{ line: 4 }, { line: 5 }] }]);
    expect(await totalOf('8811')).toBe('15.30');
  });
});

it('an invoice with a row that is refused for its number waits for the corrected file', async () => {
  const wrong = await importing(fileOf(row('8831 '), row('8831', '7'), row('8832')));
  expect([wrong.code, wrong.body]).toMatchObject([
    0,
    { orders: 1, incompleteInvoices: [{ invoice: '8831', lines: ['2-3'], line: 2 }] },
  ]);
  expect(wrong.stderr).toMatch(/^invoice 8831 refused with all its rows, lines 2-3: without line 2 it is incomplete$/m);
  expect(await exists('8831')).toBe(false);
  const right = await importing(fileOf(row('8831'), row('8831', '7'), row('8832')));
  expect([right.code, right.body]).toMatchObject([0, { orders: 2, recorded: 4, repeated: 3 }]);
  expect(await totalOf('8831')).toBe('33.15');
});

it('a file that was corrected says what of it the shop does not have', async () => {
  const before = fileOf(row('8861'), row('8861', '7'), row('8862'), row('8863'), row('8864'));
  expect((await importing(before)).code).toBe(0);
  const corrected = fileOf(row('8861'), row('8862', '8'), row('8863'), row('8863', '9'), row('8864'), row('8865'));
  const { code, stderr, body } = await importing(corrected);
  expect([code, body]).toMatchObject([
    1,
    {
      ...{ recorded: 3, repeated: 7 },
      rejectedCommands: [
        { invoice: '8862', line: 3, code: 'idempotency-key-reused' },
        { invoice: '8863', line: 5, code: 'cart-checked-out' },
      ],
      differingOrders: [{ orderId: '8861', total: '33.15', inFile: '15.30' }],
    },
  ]);
  expect(stderr).toMatch(/^order 8861 comes to 33\.15, in the file to 15\.30$/m);
});

describe('what a dry run says', () => {
  const content = fileOf(row('8841'), row('C8842', '-1'), row('8843', '0'));

  it('is what is done afterwards, and nothing is sent', async () => {
    const nobody = { ORDER_SERVICE_URL: 'http://127.0.0.1:9' };
    const path = join(directory, 'dry.csv');
    await writeFile(path, content);
    const { code, stdout } = await es({ ...shop.env, ...nobody }, 'import', 'retail', path, '--dry-run', '--json');
    expect(code).toBe(0);
    const { dryRun, ...said } = jsonOf(stdout);
    expect(dryRun).toBe(true);
    expect(said).toMatchObject({
      format: { encoding: 'utf-8', separator: 'comma', dates: 'ymd' },
      ...{ rows: 3, orders: 1, returns: 1, from: '2012-03-01T08:26:00.000Z', to: '2012-03-01T08:26:00.000Z' },
      commands: { AddItemToCart: 1, CheckOutCart: 1, ProcessPayment: 1, RegisterReturn: 1 },
      refusedLines: { 'non-positive-quantity': 1 },
    });
    expect(await exists('8841')).toBe(false);
    const { body } = await importing(content);
    expect(body).toMatchObject({ ...said, recorded: 4 });
  });

  it('is for people, too', async () => {
    const { stdout } = await es(shop.env, 'import', 'retail', join(directory, 'dry.csv'), '--dry-run');
    expect(stdout).toMatch(/^encoding +utf-8\nseparator +comma\ndates +ymd\nrows +3$/m);
    expect(stdout).toMatch(/^would be sent, AddItemToCart +1$/m);
  });
});

it('how the file is written can be stated', async () => {
  const content = fileOf(row('8851', '6', '1/3/2012 8:26'))
    .replaceAll(',', ';')
    .replace('HEART', 'CAFÉ');
  const stated = ['--dates', 'dmy', '--separator', 'semicolon', '--encoding', 'latin1'];
  const { code, body, stderr } = await importing(Buffer.from(content, 'latin1'), ...stated);
  expect([code, body]).toMatchObject([
    0,
    {
      format: { encoding: 'windows-1252', separator: 'semicolon', dates: 'dmy' },
      from: '2012-03-01T08:26:00.000Z',
    },
  ]);
  expect(stderr).toMatch(/windows-1252, separated by a semicolon, dates as dmy/);
  const { body: order } = await ask(`GET ${shop.projections}/orders/8851`);
  expect(order).toMatchObject({ lines: [{ description: 'CAFÉ' }] });
});
