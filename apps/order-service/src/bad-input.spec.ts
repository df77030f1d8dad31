import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { RunningOrderService } from './fixtures/running-order-service.js';

const price = { amount: '2.55', currency: 'GBP' };
const item = { sku: '85123A', quantity: 6, unitPrice: price };
const line = { sku: '85123A', quantity: 1, unitPrice: price };
const goods = { customerId: '17850', lines: [line] };

const id = 'must be 1 to 128 characters';
const sku = 'must be 1 to 64 printable characters';
const quantity = 'must be a whole number from 1 to 1000000';
const amount = 'must be a decimal string above 0 and below 10000000';
const unknown = 'is not a field that is known here';

interface Refusal {
  readonly what: string;
  readonly method?: string;
  readonly path: string;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  readonly status?: number;
  readonly code?: string;
  readonly field?: string;
  readonly rule?: string;
}

const onItems = (what: string, body: unknown, field: string, rule: string): Refusal => ({
  ...{ what: `an item: ${what}`, path: '/carts/bad/items', body, field, rule },
});
const onOrders = (what: string, body: unknown, field: string, rule: string): Refusal => ({
  ...{ what: `an order: ${what}`, path: '/orders', body, field, rule },
});
const onReturns = (what: string, body: unknown, field: string, rule: string): Refusal => ({
  ...{ what: `a return: ${what}`, path: '/returns', body, field, rule },
});

const refusals: readonly Refusal[] = [
  { what: 'an id of 129 characters', path: `/carts/${'x'.repeat(129)}/items`, body: item, field: 'id', rule: id },
  { what: 'an id with a space', path: '/carts/a%20b/items', body: item, field: 'id', rule: id },
  { what: 'an id with a slash', path: '/carts/a%2Fb/items', body: item, field: 'id', rule: id },
  onItems('no sku', { quantity: 1, unitPrice: price }, 'sku', sku),
  onItems('an empty sku', { ...item, sku: '' }, 'sku', sku),
  onItems('a sku of 65 characters', { ...item, sku: 'x'.repeat(65) }, 'sku', sku),
  onItems('a sku with a line break', { ...item, sku: 'a\nb' }, 'sku', sku),
  onItems('a sku with a space around', { ...item, sku: ' a' }, 'sku', sku),
  onItems('a number for a sku', { ...item, sku: 85123 }, 'sku', sku),
  onItems('a description of 201', { ...item, description: 'x'.repeat(201) }, 'description', 'at most 200'),
  onItems('no quantity', { sku: 'a', unitPrice: price }, 'quantity', quantity),
  onItems('a quantity of 0', { ...item, quantity: 0 }, 'quantity', quantity),
  onItems('a quantity of -1', { ...item, quantity: -1 }, 'quantity', quantity),
  onItems('a quantity of 1.5', { ...item, quantity: 1.5 }, 'quantity', quantity),
  onItems('a quantity of 1000001', { ...item, quantity: 1_000_001 }, 'quantity', quantity),
  onItems('a quantity in quotes', { ...item, quantity: '6' }, 'quantity', quantity),
  onItems('no price', { sku: 'a', quantity: 1 }, 'unitPrice', 'must be an object { amount, currency }'),
  onItems('a price that is a number', { ...item, unitPrice: 2.55 }, 'unitPrice', 'must be an object'),
  onItems('an amount that is a number', { ...item, unitPrice: { ...price, amount: 2.55 } }, 'unitPrice.amount', amount),
  onItems('a price of 0', { ...item, unitPrice: { ...price, amount: '0.00' } }, 'unitPrice.amount', amount),
  onItems('a negative price', { ...item, unitPrice: { ...price, amount: '-1' } }, 'unitPrice.amount', amount),
  onItems('five decimals', { ...item, unitPrice: { ...price, amount: '1.00001' } }, 'unitPrice.amount', amount),
  onItems('a price of 10000000', { ...item, unitPrice: { ...price, amount: '10000000' } }, 'unitPrice.amount', amount),
  onItems('an exponent', { ...item, unitPrice: { ...price, amount: '1e3' } }, 'unitPrice.amount', amount),
  onItems('no currency', { ...item, unitPrice: { amount: '1' } }, 'unitPrice.currency', 'ISO 4217'),
  onItems(
    'a currency that is none',
    { ...item, unitPrice: { ...price, currency: 'ABC' } },
    'unitPrice.currency',
    'ISO 4217',
  ),
  onItems('an unknown field', { ...item, colour: 'red' }, 'colour', unknown),
  onItems('an unknown field of the price', { ...item, unitPrice: { ...price, vat: 1 } }, 'unitPrice.vat', unknown),
  onItems('a list', [item], '', 'must be of type object'),
  onItems('null', 'null', '', 'must be of type object'),
  onItems('nothing', '', '', 'must be of type object'),
  { what: 'malformed JSON', path: '/carts/bad/items', body: '{"sku":', code: 'malformed-request' },
  onItems('a prototype', '{"__proto__":{"a":1}}', '__proto__', unknown),
  {
    what: 'a body over 1 MB',
    path: '/carts/bad/items',
    body: ' '.repeat(1_048_577),
    status: 413,
    code: 'body-too-large',
  },
  ...['text/plain', 'application/xml', 'application/x-www-form-urlencoded'].map((type) => ({
    ...{ what: type, path: '/carts/bad/items', body: 'x', headers: { 'content-type': type } },
    ...{ status: 415, code: 'unsupported-media-type' },
  })),
  {
    what: 'a line id that is none',
    method: 'PATCH',
    path: '/carts/bad/lines/0',
    body: { quantity: 1 },
    field: 'lineId',
  },
  {
    what: 'a new quantity of 0',
    method: 'PATCH',
    path: '/carts/bad/lines/1',
    body: { quantity: 0 },
    field: 'quantity',
    rule: quantity,
  },
  {
    what: 'a line that is not there',
    method: 'DELETE',
    path: '/carts/good/lines/9',
    status: 404,
    code: 'line-not-found',
  },
  onOrders('no cart', { customerId: '1' }, 'cartId', id),
  onOrders('a long order id', { orderId: 'x'.repeat(129), cartId: 'good', customerId: '1' }, 'orderId', id),
  onOrders('no customer', { cartId: 'good' }, 'customerId', id),
  onOrders('a customer with spaces', { cartId: 'good', customerId: 'a b' }, 'customerId', id),
  onOrders('a country of 65', { cartId: 'good', customerId: '1', country: 'x'.repeat(65) }, 'country', sku),
  onOrders(
    'a time without a zone',
    { cartId: 'good', customerId: '1', placedAt: '2010-12-01T08:26:00' },
    'placedAt',
    'ISO 8601',
  ),
  onOrders(
    'a day that is none',
    { cartId: 'good', customerId: '1', placedAt: '2010-02-30T08:26:00Z' },
    'placedAt',
    'ISO 8601',
  ),
  onOrders('an unknown field', { cartId: 'good', customerId: '1', total: '1' }, 'total', unknown),
  {
    what: 'an order of an empty cart',
    path: '/orders',
    body: { cartId: 'empty', customerId: '1' },
    status: 409,
    code: 'cart-empty',
  },
  { what: 'a cancellation without a reason', path: '/orders/good/cancel', body: {}, field: 'reason', rule: '1 to 500' },
  {
    what: 'a cancellation of nothing',
    path: '/orders/nobody/cancel',
    body: { reason: 'x' },
    status: 404,
    code: 'order-not-found',
  },
  onReturns('no lines', { ...goods, lines: [] }, 'lines', '1 to 2000 lines'),
  onReturns('2001 lines', { ...goods, lines: Array.from({ length: 2_001 }, () => line) }, 'lines', '1 to 2000 lines'),
  onReturns(
    'a line with a quantity of 0',
    { ...goods, lines: [line, { ...line, quantity: 0 }] },
    'lines.1.quantity',
    quantity,
  ),
  onReturns('an order id that is none', { ...goods, orderId: '' }, 'orderId', id),
  {
    what: 'a return of an order that is not there',
    path: '/returns',
    body: { ...goods, orderId: 'nobody' },
    status: 404,
    code: 'order-not-found',
  },
  {
    what: 'a return in two currencies',
    path: '/returns',
    body: { ...goods, lines: [line, { ...line, unitPrice: { amount: '1', currency: 'EUR' } }] },
    status: 409,
    code: 'currency-mismatch',
  },
  {
    what: 'an item in another currency',
    path: '/carts/good/items',
    body: { ...item, unitPrice: { amount: '1', currency: 'EUR' } },
    status: 409,
    code: 'currency-mismatch',
  },
  {
    what: 'too many pieces',
    path: '/carts/good/items',
    body: { ...item, quantity: 1_000_000 },
    status: 409,
    code: 'quantity-too-large',
  },
  {
    what: 'an Idempotency-Key with a space',
    path: '/carts/bad/items',
    body: item,
    headers: { 'Idempotency-Key': 'a b' },
    field: 'Idempotency-Key',
    rule: id,
  },
  {
    what: 'an Idempotency-Key of 129',
    path: '/carts/bad/items',
    body: item,
    headers: { 'Idempotency-Key': 'x'.repeat(129) },
    field: 'Idempotency-Key',
    rule: id,
  },
  {
    what: 'a reused Idempotency-Key',
    path: '/carts/good/items',
    body: { ...item, quantity: 7 },
    headers: { 'Idempotency-Key': 'first' },
    status: 422,
    code: 'idempotency-key-reused',
  },
  {
    what: 'a stale If-Match',
    path: '/carts/good/items',
    body: item,
    headers: { 'If-Match': '"7"' },
    status: 412,
    code: 'wrong-expected-version',
  },
  {
    what: 'a stale If-Match of an order',
    path: '/orders',
    body: { cartId: 'good', customerId: '1' },
    headers: { 'If-Match': '"7"' },
    status: 412,
    code: 'wrong-expected-version',
  },
  ...['7', 'W/"1"', '*', '"-1"', '"1", "2"'].map((match) => ({
    ...{ what: `If-Match ${match}`, path: '/carts/good/items', body: item, headers: { 'If-Match': match } },
    ...{ field: 'If-Match', rule: 'must be the version that was seen' },
  })),
  {
    what: 'a long X-Actor',
    path: '/carts/bad/items',
    body: item,
    headers: { 'X-Actor': 'x'.repeat(129) },
    field: 'X-Actor',
  },
  {
    what: 'a long X-Correlation-Id',
    path: '/carts/bad/items',
    body: item,
    headers: { 'X-Correlation-Id': 'x'.repeat(129) },
    field: 'X-Correlation-Id',
  },
  {
    what: 'a long X-Causation-Id',
    path: '/carts/bad/items',
    body: item,
    headers: { 'X-Causation-Id': 'x'.repeat(129) },
    field: 'X-Causation-Id',
  },
  ...[
    ['/carts/good?version=0', 'version', 'whole number from 1'],
    ['/carts/good?version=x', 'version', 'whole number from 1'],
    ['/carts/good?at=yesterday', 'at', 'ISO 8601'],
    ['/carts/good?version=1&at=2010-12-01T08:26:00Z', 'version', 'must not come together with at'],
    ['/carts/good?colour=red', 'colour', unknown],
    ['/streams/cart-good/events?limit=0', 'limit', '1 to 1000'],
    ['/streams/cart-good/events?limit=1001', 'limit', '1 to 1000'],
    ['/streams/cart-good/events?from=0', 'from', 'whole number from 1'],
    ['/streams/cart-good/events?raw=yes', 'raw', 'must be true or false'],
    ['/streams/cart/events', 'stream', 'must be the name of a stream'],
  ].map(([path = '', field = '', rule = '']) => ({ what: path, method: 'GET', path, field, rule })),
  ...[
    ['/carts/nobody', 'cart-not-found'],
    ['/carts/good?version=99', 'version-not-found'],
    ['/carts/good?at=2001-01-01T00:00:00Z', 'cart-not-found'],
    ['/orders/nobody', 'order-not-found'],
    ['/returns/nobody', 'return-not-found'],
    ['/streams/cart-nobody/events', 'stream-not-found'],
    ['/streams/payment-good/events', 'stream-not-found'],
    ['/nothing', 'route-not-found'],
  ].map(([path = '', code = '']) => ({ what: path, method: 'GET', path, status: 404, code })),
  { what: 'JSON at /commands', path: '/commands', body: {}, status: 415, code: 'unsupported-media-type' },
];

describe('bad input', () => {
  const service = new RunningOrderService();
  let before: string;

  const heads = async (): Promise<string> => (await service.send('GET', '/log')).text;

  beforeAll(async () => {
    await service.start();
    await service.send('POST', '/carts/good/items', item, { 'Idempotency-Key': 'first' });
    before = await heads();
  });
  afterAll(() => service.end());

  it.each(refusals)(
    'is refused: $what',
    async ({ method = 'POST', path, body, headers, status = 400, ...expected }) => {
      const answer = await service.send(method, path, body, headers);
      expect(answer.headers.get('content-type')).toBe('application/problem+json');
      const code = expected.code ?? 'validation-failed';
      expect({ status: answer.status, ...answer.json }).toMatchObject({
        status,
        code,
        type: `urn:ledgerline:problem:${code}`,
      });
      if (expected.field !== undefined) {
        const { field, rule = '' } = expected;
        expect(answer.json['errors']).toContainEqual({ field, rule: expect.stringContaining(rule) });
        expect(answer.json['detail']).toContain(rule);
      }
      expect(answer.text).not.toMatch(/\.[jt]s:\d+/);
    },
  );

  it('has recorded nothing, and the service goes on', async () => {
    expect(await heads()).toBe(before);
    expect((await service.send('POST', '/carts/good/items', item)).status).toBe(200);
  });
});
