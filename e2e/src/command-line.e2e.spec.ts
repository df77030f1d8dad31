import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ask, type Body, Es, es, jsonOf, SAMPLE, Shop } from './index.js';

let shop: Shop;
let directory: string;

beforeAll(async () => {
  shop = await Shop.open();
  directory = await mkdtemp(join(tmpdir(), 'ledgerline-e2e-files-'));
  expect(await es(shop.env, 'import', 'retail', SAMPLE, '--json')).toMatchObject({ code: 0 });
});
afterAll(async () => {
  await shop?.close();
  await rm(directory, { recursive: true, force: true });
});

describe('the command line', () => {
  it('shows and retries parked documents', async () => {
    expect(await es(shop.env, 'parked')).toMatchObject({ code: 0, stdout: 'Nothing is parked.\n' });
    expect(jsonOf((await es(shop.env, 'parked', 'retry', '--all', '--json')).stdout)).toEqual({ retried: [] });
  });

  it.each([
    [[], 2],
    [['--help'], 0],
    [['read', '--help'], 0],
    [['--version'], 0],
    [['nothing'], 2],
    [['import', 'nothing'], 2],
    [['import', 'retail'], 2],
    [['import', 'retail', SAMPLE, '--dates', 'dym'], 2],
    [['import', 'retail', SAMPLE, '--encoding', 'ebcdic'], 2],
    [['import', 'retail', SAMPLE, '--separator', 'space'], 2],
    [['import', 'retail', SAMPLE, '--repeated-rows', 'both'], 2],
    [['read', 'order-1', '--from', '0'], 2],
    [['read', 'somewhere'], 2],
    [['state', 'order-1', '--nope'], 2],
    [['rebuild'], 2],
    [['rebuild', 'nothing'], 1],
    [['rollback', 'customer-dashboard'], 1],
    [['parked', 'retry'], 2],
    [['parked', 'retry', 'x', '--all'], 2],
    [['parked', 'discard', 'x'], 2],
    [['parked', 'discard', 'x', '--reason', 'r'], 1],
    [['state', 'order-none'], 1],
    [['state', 'order-536365', '--at', 'yesterday'], 1],
    [['state', 'order-536365', '--version', '99'], 1],
  ] as const)('%j ends with exit code %d', async (args, expectedCode) => {
    const { code, stderr } = await es(shop.env, ...args);
    expect(code).toBe(expectedCode);
    if (code !== 0) expect(stderr).not.toBe('');
    expect(stderr).not.toMatch(/\bat .*\.js/);
  });

  it('prints one JSON object when something is wrong, too', async () => {
    const failed = await es(shop.env, 'state', 'order-none', '--json');
    expect(jsonOf(failed.stdout)).toMatchObject({ error: { code: 'order-not-found' } });
    const misused = await es(shop.env, 'lag', '--nope', '--json');
    expect([misused.code, jsonOf(misused.stdout)]).toMatchObject([2, { error: { code: 'usage' } }]);
  });

  it('says in one line which service is not there', async () => {
    const nobody = { ...shop.env, ORDER_SERVICE_URL: 'http://127.0.0.1:9' };
    for (const args of [['lag'], ['state', 'order-1'], ['import', 'retail', SAMPLE]]) {
      const { code, stdout, stderr } = await es(nobody, ...args);
      const complaints = stderr.split('\n').filter((line) => line.startsWith('es: '));
      expect([code, stdout, complaints]).toEqual([
        1,
        '',
        [expect.stringMatching(/order-service.*127\.0\.0\.1:9.*npm start/)],
      ]);
    }
  });

  it('ends quietly when nobody reads on', async () => {
    const reading = new Es(shop.env, ['read', 'cart-536365', '--limit', '1000']);
    reading.stopReading();
    const { code, stderr } = await reading.ended;
    expect([code, stderr]).toEqual([0, '']);
  });
});

describe('a file that is not as it should be', () => {
  const HEADER = 'InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country';
  const row = (invoiceNo: string, quantity = '6'): string =>
    `${invoiceNo},85123A,HEART,${quantity},2012-02-01 08:26:00,2.55,17850.0,EIRE`;

  const importing = async (content: string | Buffer): Promise<{ code: number | null; stderr: string; body: Body }> => {
    const path = join(directory, 'orders.csv');
    await writeFile(path, content);
    const { code, stdout, stderr } = await es(shop.env, 'import', 'retail', path, '--json');
    return { code, stderr, body: jsonOf(stdout) };
  };
  const exists = async (order: string): Promise<boolean> =>
    (await ask(`GET ${shop.orders}/carts/${order}`)).status === 200;

  it.each([
    ['lacks a column', `${HEADER.replace(',UnitPrice', '')}\n${row('9901')}\n`, /line 1 lacks the column UnitPrice/],
    ['is not UTF-8', Buffer.from(`${HEADER}\n${row('9901')}\n${row('9902')}\xe9\n`, 'latin1'), /not UTF-8: line 3/],
    ['is empty', '', /is empty/],
  ])('changes nothing when it %s', async (_, content, message) => {
    const { code, stderr, body } = await importing(content);
    expect([code, body]).toMatchObject([2, { error: { code: 'file-unusable' } }]);
    expect(stderr).toMatch(message);
    expect(await exists('9901')).toBe(false);
  });

  it('says that there is none, or that it is a directory', async () => {
    for (const path of [join(directory, 'none.csv'), directory]) {
      const { code, stderr } = await es(shop.env, 'import', 'retail', path);
      expect([code, stderr]).toEqual([2, expect.stringMatching(/es: .*(no such file|is a directory)/)]);
    }
  });

  it('loses the invoice that it was cut off in, and nothing else; the whole file mends that', async () => {
    const whole = `${HEADER}\n${row('9911')}\n${row('9912')}\n${row('9912', '7')}\n`;
    const cut = await importing(whole.slice(0, -30));
    expect([cut.code, cut.stderr]).toEqual([0, expect.stringMatching(/line 4 refused: malformed-row/)]);
    expect(cut.body).toMatchObject({
      ...{ orders: 1, refusedLines: { 'malformed-row': 1, 'incomplete-invoice': 1 } },
      refusedInvoices: { 'incomplete-invoice': 1 },
    });
    expect(await exists('9912')).toBe(false);
    expect((await importing(whole)).body).toMatchObject({ orders: 2, refusedLines: {} });
    expect((await ask(`GET ${shop.projections}/orders/9912`)).body).toMatchObject({
      status: 'confirmed',
      total: '33.15',
    });
  });

  it('is imported as far as the services take it, and the rest is named', async () => {
    const price = { amount: '2.55', currency: 'EUR' };
    const inTheWay = { body: { sku: 'S', quantity: 1, unitPrice: price } };
    expect((await ask(`POST ${shop.orders}/carts/9932/items`, inTheWay)).status).toBe(200);
    const file = [HEADER, row('9931'), row('9932'), row('9933'), ''].join('\n');
    for (const figures of [
      { recorded: 6, repeated: 0 },
      { recorded: 0, repeated: 6 },
    ]) {
      const { code, stderr, body } = await importing(file);
      expect([code, body]).toMatchObject([
        1,
        {
          ...{ rows: 3, orders: 3, rejected: 1, ...figures, error: { code: 'import-incomplete' } },
          rejectedCommands: [{ invoice: '9932', line: 3, type: 'AddItemToCart', code: 'currency-mismatch' }],
        },
      ]);
      expect(stderr).toMatch(/^invoice 9932, line 3: AddItemToCart rejected: currency-mismatch, the cart is in EUR/m);
    }
    for (const order of ['9931', '9933'])
      expect((await ask(`GET ${shop.projections}/orders/${order}`)).body).toMatchObject({ status: 'confirmed' });
    const { stdout } = await es(shop.env, 'import', 'retail', join(directory, 'orders.csv'));
    expect(stdout).toMatch(/^commands rejected +1$/m);
  });

  it('is imported as far as its rows are right', async () => {
    const { code, body } = await importing([HEADER, row('9921'), row('9921', '0'), row('A9922'), ''].join('\r\n'));
    expect([code, body]).toMatchObject([
      0,
      {
        rows: 3,
        orders: 1,
        refused: [
          { line: 3, reason: 'non-positive-quantity' },
          { line: 4, reason: 'unsupported-invoice' },
        ],
      },
    ]);
  });
});
