import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { RunningOrderService } from './fixtures/running-order-service.js';

const NDJSON = 'application/x-ndjson';
const item = '"sku":"85123A","unitPrice":{"amount":"2.55","currency":"GBP"}';
const order = '"orderId":"o-1","customerId":"17850"';
const goods = '"customerId":"17850","lines":[';
const wellFormed = 'must be well-formed text, without half of a surrogate pair';
const control = 'without control characters';
const once = 'must be there only once';
const unknown = 'is not a field that is known here';
const whole = 'must be a whole number from 1 to 1000000';
const kept = 'must be a number that is kept as it is';
const inTime = 'must be a time from 1900 on, at most a minute ahead of the clock of the service';

const monthAhead = new Date(Date.now() + 30 * 24 * 60 * 60 * 1000).toISOString();

/** The name of the command, its stream, and its route. */
const ITEM = ['AddItemToCart', 'cart-bad', '/carts/bad/items'] as const;
const ORDER = ['CheckOutCart', 'cart-bad', '/orders'] as const;
const CANCEL = ['CancelOrder', 'order-bad', '/orders/bad/cancel'] as const;
const RETURN = ['RegisterReturn', 'return-bad', '/returns'] as const;

/** The data of a command as JSON that is not equal to what `JSON.parse` makes of it, or breaks a rule about text or time. */
const refusals = [
  [ITEM, 'half an emoji', `{${item},"quantity":1,"description":"half \\ud83d"}`, 'description', wellFormed],
  [ITEM, 'its other half', `{${item},"quantity":1,"description":"\\uDE00"}`, 'description', wellFormed],
  [
    ITEM,
    'halves in the wrong order',
    `{${item},"quantity":1,"description":"\\ude00\\ud83d"}`,
    'description',
    wellFormed,
  ],
  [ITEM, 'half an emoji deep inside', `{${item},"quantity":1,"x":[{"y":"\\ud83d"}]}`, 'x.0.y', wellFormed],
  [ITEM, 'half an emoji in a name', `{${item},"quantity":1,"\\ud83d":1}`, '\ud83d', wellFormed],
  [ITEM, 'U+0000', `{${item},"quantity":1,"description":"a\\u0000b"}`, 'description', control],
  [ITEM, 'an escape character', `{${item},"quantity":1,"description":"a\\u001bb"}`, 'description', control],
  [ITEM, 'a control character of Latin-1', `{${item},"quantity":1,"description":"a\\u0085b"}`, 'description', control],
  [ITEM, 'equal names', `{${item},"quantity":6,"quantity":600}`, 'quantity', once],
  [ITEM, 'equal names of equal values', `{${item},"quantity":6,"quantity":6}`, 'quantity', once],
  [ITEM, 'equal names, one with an escape', `{${item},"quantity":6,"quantit\\u0079":600}`, 'quantity', once],
  [
    ITEM,
    'equal names inside',
    `{"sku":"x","quantity":6,"unitPrice":{"amount":"1","currency":"GBP","amount":"2"}}`,
    'unitPrice.amount',
    once,
  ],
  [
    RETURN,
    'equal names in a list',
    `{${goods}{${item},"quantity":1},{${item},"quantity":1,"sku":"b"}]}`,
    'lines.1.sku',
    once,
  ],
  [ITEM, '6.0000000000000001', `{${item},"quantity":6.0000000000000001}`, 'quantity', kept],
  [ITEM, '999999.9999999999999999', `{${item},"quantity":999999.9999999999999999}`, 'quantity', kept],
  [ITEM, '1e400', `{${item},"quantity":1e400}`, 'quantity', kept],
  [ITEM, '-0', `{${item},"quantity":-0}`, 'quantity', kept],
  [ITEM, '2^53 + 1', `{${item},"quantity":9007199254740993}`, 'quantity', kept],
  [ITEM, '1.5', `{${item},"quantity":1.5}`, 'quantity', whole],
  [ITEM, 'a constructor', `{${item},"quantity":1,"constructor":{"prototype":1}}`, 'constructor', unknown],
  [ITEM, '__proto__', `{${item},"quantity":1,"__proto__":{"a":1}}`, '__proto__', unknown],
  [ITEM, '__proto__ with an escape', `{${item},"quantity":1,"\\u005f_proto__":null}`, '__proto__', unknown],
  [
    ITEM,
    '__proto__ inside',
    `{"sku":"x","quantity":6,"unitPrice":{"amount":"1","currency":"GBP","__proto__":1}}`,
    'unitPrice.__proto__',
    unknown,
  ],
  [ORDER, 'half an emoji as a country', `{${order},"country":"\\ud83d"}`, 'country', wellFormed],
  [ORDER, 'half an emoji as an id', `{"orderId":"\\ud83d","customerId":"1"}`, 'orderId', wellFormed],
  [ORDER, 'half an emoji in a name of somebody', `{${order},"contact":{"name":"\\ud83d"}}`, 'contact.name', wellFormed],
  [
    ORDER,
    'half an emoji in an address',
    `{${order},"contact":{"name":"a","address":["b","\\ud83d"]}}`,
    'contact.address.1',
    wellFormed,
  ],
  [
    ORDER,
    'half an emoji in an e-mail address',
    `{${order},"contact":{"name":"a","email":"\\ud83d@b"}}`,
    'contact.email',
    wellFormed,
  ],
  [
    ORDER,
    'U+0000 in an e-mail address',
    `{${order},"contact":{"name":"a","email":"a\\u0000@b"}}`,
    'contact.email',
    'e-mail address',
  ],
  [
    ORDER,
    'what cannot be seen in an e-mail address',
    `{${order},"contact":{"name":"a","email":"a\\u200b@b"}}`,
    'contact.email',
    'e-mail address',
  ],
  [ITEM, 'a filler in a sku', '{"sku":"a\\u3164","quantity":1}', 'sku', 'none that is invisible'],
  [ORDER, 'a selector in a country', `{${order},"country":"France\\ufe0f"}`, 'country', 'none that is invisible'],
  [ORDER, 'the year 0', `{${order},"placedAt":"0000-01-01T00:00:00Z"}`, 'placedAt', inTime],
  [ORDER, 'the year 1899', `{${order},"placedAt":"1899-12-31T23:59:59.999Z"}`, 'placedAt', inTime],
  [ORDER, 'the year 9999', `{${order},"placedAt":"9999-12-31T23:59:59Z"}`, 'placedAt', inTime],
  [ORDER, 'a month ahead', `{${order},"placedAt":"${monthAhead}"}`, 'placedAt', inTime],
  [RETURN, 'a month ahead', `{${goods}{${item},"quantity":1}],"registeredAt":"${monthAhead}"}`, 'registeredAt', inTime],
  [CANCEL, 'half an emoji', '{"reason":"\\ud83d"}', 'reason', wellFormed],
  [CANCEL, 'U+0000', '{"reason":"a\\u0000"}', 'reason', control],
] as const;

describe('what cannot be taken exactly', () => {
  const service = new RunningOrderService();

  beforeAll(() => service.start());
  afterAll(() => service.end());

  it.each(refusals)('is refused over HTTP: %s with %s', async ([, , path], _what, data, field, rule) => {
    const body = path === '/orders' ? data.replace('{', '{"cartId":"bad",') : data;
    const { status, json } = await service.send('POST', path, body);
    expect({ status, ...json }).toMatchObject({ status: 400, code: 'validation-failed' });
    expect(json['errors']).toContainEqual({ field, rule: expect.stringContaining(rule) });
  });

  it.each(refusals)('is refused as one of many: %s with %s', async ([type, stream], _what, data, field, rule) => {
    const line = `{"id":"c-1","type":"${type}","stream":"${stream}","data":${data}}`;
    const { status, text } = await service.send('POST', '/commands', line, { 'content-type': NDJSON });
    expect(status).toBe(200);
    const verdict = JSON.parse(text) as { readonly detail: string };
    expect(verdict).toMatchObject({ id: 'c-1', status: 'rejected', code: 'validation-failed' });
    expect(verdict.detail.split('; ')).toContainEqual(
      expect.stringMatching(`^data\\.${field} .*${rule.replaceAll('.', '\\.')}`),
    );
  });

  it.each([
    [
      'names of the envelope',
      '{"id":"c-1","id":"c-2","type":"X","stream":"cart-1","data":{}}',
      'id must be there only once',
    ],
    ['half an emoji', '{"id":"c-1","type":"X","stream":"cart-\\ud83d","data":{}}', `stream ${wellFormed}`],
  ])('is refused in a line itself: %s', async (_what, line, detail) => {
    const { text } = await service.send('POST', '/commands', line, { 'content-type': NDJSON });
    expect(JSON.parse(text)).toMatchObject({ code: 'validation-failed', detail });
  });

  it.each([
    ['at=%ED%A0%BD', 'at'],
    ['at=%', 'at'],
    ['version=1&%C3%28=1', '%C3%28'],
  ])('is refused in a query string: %s', async (query, field) => {
    const { status, json } = await service.send('GET', `/carts/bad?${query}`);
    expect({ status, errors: json['errors'] }).toEqual({
      ...{ status: 400, errors: [{ field, rule: 'must be percent-encoded UTF-8' }] },
    });
  });

  it('is refused in a path', async () => {
    for (const id of ['%ED%A0%BD', '%', '%00', 'Curac%CC%A7ao', 'Cura%C3%A7ao'])
      expect((await service.send('GET', `/carts/${id}`)).status).toBe(400);
  });

  it('is no whole emoji, no number of another spelling and no time of long ago', async () => {
    const path = '/carts/good/items';
    for (const body of [
      `{${item},"quantity":6.0,"description":"\\ud83d\\ude00 😀 \\\\ud83d \\t\\r\\n \\"\\""}`,
      `{${item},"quantity":60e-1}`,
      ` { ${item} , "quantity" : 0.6e1 } `,
      `\ufeff{${item},"quantity":6}`,
    ])
      expect((await service.send('POST', path, body)).json).toMatchObject({ id: 'good' });
    const line = { id: 'marked', type: 'RemoveItemFromCart', stream: 'cart-good', data: { lineId: '2' } };
    const marked = await service.send('POST', '/commands', `\ufeff${JSON.stringify(line)}`, { 'content-type': NDJSON });
    expect(JSON.parse(marked.text)).toMatchObject({ id: 'marked', code: 'line-not-found' });
    const order = { orderId: 'good', cartId: 'good', customerId: '1', placedAt: '1900-01-01T00:00:00Z' };
    expect((await service.send('POST', '/orders', order)).status).toBe(201);
    const { json } = await service.send('GET', '/orders/good');
    expect(json).toMatchObject({ lines: [{ quantity: 24, description: '😀 😀 \\ud83d \t\r\n ""' }] });
  });
});
