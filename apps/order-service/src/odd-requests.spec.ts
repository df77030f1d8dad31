import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { text } from 'node:stream/consumers';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { RunningOrderService } from './fixtures/running-order-service.js';

const item = { sku: '85123A', quantity: 6, unitPrice: { amount: '2.55', currency: 'GBP' } };
const json = { 'content-type': 'application/json' };
const lines = { 'content-type': 'application/x-ndjson' };
const id = 'must be 1 to 128 characters of A-Z a-z 0-9 . _ - and not be . or ..';

interface Sent {
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
}

interface Answered {
  readonly status: number | undefined;
  readonly headers: IncomingMessage['headers'];
  readonly body: Readonly<Record<string, unknown>>;
}

describe('a request that is none of ours', () => {
  const service = new RunningOrderService();

  beforeAll(async () => {
    await service.start();
    await service.send('POST', '/carts/c-1/items', item);
  });
  afterAll(() => service.end());

  /** Path and method go out as they are: `fetch` would tidy them up. */
  const send = async (what: string, { headers = {}, body }: Sent = {}): Promise<Answered> => {
    const [method = '', path = ''] = what.split(' ');
    const { hostname, port } = new URL(service.url);
    const sent = request({ hostname, port, method, path, headers });
    if (body !== undefined) sent.setHeader('content-length', Buffer.byteLength(body));
    sent.end(body);
    const [answer] = (await once(sent, 'response')) as [IncomingMessage];
    const answered = await text(answer);
    const { statusCode: status } = answer;
    return {
      status,
      headers: answer.headers,
      body: answered.startsWith('{') ? (JSON.parse(answered) as object) : {},
    } as Answered;
  };

  describe('whose id is made of dots', () => {
    it.each([
      ['GET /carts/..', undefined],
      ['GET /carts/.', undefined],
      ['GET /carts/%2e%2e', undefined],
      ['GET /carts/%2E.', undefined],
      ['POST /carts/%2e%2e/items', item],
      ['PATCH /carts/../lines/1', { quantity: 1 }],
      ['DELETE /carts/../lines/1', undefined],
      ['POST /orders/../cancel', { reason: 'broken' }],
      ['GET /returns/..', undefined],
      ['GET /subjects/..', undefined],
      ['POST /subjects/../forget', {}],
    ])('is refused, by its path: %s', async (what, body) => {
      const answer = await send(what, body && { body: JSON.stringify(body), headers: json });
      expect([answer.status, answer.body]).toMatchObject([400, { errors: [{ field: 'id', rule: id }] }]);
    });

    it.each([
      ['/orders', { orderId: '..', cartId: 'c-1', customerId: 'ada' }, 'orderId'],
      ['/orders', { cartId: '.', customerId: 'ada' }, 'cartId'],
      ['/orders', { cartId: 'c-1', customerId: '..' }, 'customerId'],
      ['/returns', { returnId: '..', customerId: 'ada', lines: [item] }, 'returnId'],
    ])('is refused, in the body: %s %j', async (path, body, field) => {
      const answer = await service.send('POST', path, body);
      expect([answer.status, answer.json]).toMatchObject([400, { errors: [{ field, rule: id }] }]);
    });

    it('is refused as a key, as the stream of a trail, and in a line', async () => {
      const key = await service.send('POST', '/carts/c-1/items', item, { 'Idempotency-Key': '..' });
      expect([key.status, key.json]).toMatchObject([400, { errors: [{ field: 'Idempotency-Key', rule: id }] }]);
      expect((await send('GET /streams/cart-../events')).status).toBe(400);
      const command = { id: 'k-1', type: 'AddItemToCart', stream: 'cart-c-1', data: item };
      const commands = [
        { ...command, id: '..' },
        { ...command, stream: 'cart-..' },
      ];
      const { text } = await service.send(
        'POST',
        '/commands',
        commands.map((one) => JSON.stringify(one)).join('\n'),
        lines,
      );
      const verdicts = text
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as Record<string, string>);
      expect(verdicts.map(({ code, detail }) => [code, detail])).toEqual([
        ['validation-failed', `id ${id}`],
        ['validation-failed', expect.stringContaining('stream must be cart-<id>')],
      ]);
    });

    it('is no matter where dots are only a part of it', async () => {
      expect((await send('POST /carts/.../items', { body: JSON.stringify(item), headers: json })).status).toBe(200);
      expect((await send('POST /carts/a..b/items', { body: JSON.stringify(item), headers: json })).status).toBe(200);
    });
  });

  describe('whose body is coded', () => {
    const zipped = gzipSync(JSON.stringify(item));

    it.each([
      ['POST /carts/c-1/items', json],
      ['POST /commands', lines],
      ['POST /orders', { 'content-type': 'text/plain' }],
    ])('is refused before it is read: %s', async (what, type) => {
      const answer = await send(what, { body: zipped, headers: { ...type, 'content-encoding': 'gzip' } });
      expect([answer.status, answer.headers['accept-encoding']]).toEqual([415, 'identity']);
      expect(answer.body).toMatchObject({
        code: 'unsupported-media-type',
        detail: expect.stringContaining('Content-Encoding'),
      });
    });

    it.each(['br', 'GZIP', 'identity, gzip', 'unheard-of'])('in whatever way: %s', async (coding) => {
      const answer = await send('POST /carts/c-1/items', {
        body: '{',
        headers: { ...json, 'content-encoding': coding },
      });
      expect(answer.status).toBe(415);
    });

    it('is taken where it is not coded in any', async () => {
      const headers = { ...json, 'content-encoding': 'Identity' };
      const answer = await send('POST /carts/c-1/items', { body: JSON.stringify(item), headers });
      expect(answer.status).toBe(200);
    });
  });

  describe('of many commands, where one path takes those', () => {
    const line = JSON.stringify({ id: 'n-1', type: 'AddItemToCart', stream: 'cart-c-1', data: item });

    it.each([
      'POST /carts/c-1/items',
      'PATCH /carts/c-1/lines/1',
      'DELETE /carts/c-1/lines/1',
      'POST /orders',
      'POST /orders/o-1/cancel',
      'POST /returns',
      'POST /subjects/ada/forget',
      'POST /personal-keys/rewrap',
      'POST /parked/p-1/retry',
    ])('is refused by its media type: %s', async (what) => {
      for (const type of ['application/x-ndjson', 'application/ndjson; charset=utf-8']) {
        const answer = await send(what, { body: line, headers: { 'content-type': type } });
        expect([answer.status, answer.body]).toMatchObject([415, { code: 'unsupported-media-type' }]);
        expect(answer.body['detail']).toBe(`a body must be application/json here, not ${type.split(';')[0]}`);
      }
    });

    it('is taken there, is not found where nothing is, and is no matter to a read', async () => {
      expect((await send('POST /commands', { body: line, headers: lines })).status).toBe(200);
      expect((await send('POST /nowhere', { body: line, headers: lines })).status).toBe(404);
      expect((await send('GET /carts/c-1', { headers: lines })).status).toBe(200);
    });
  });

  it('is for one version, and of many commands', async () => {
    const answer = await send('POST /commands', { headers: { ...lines, 'if-match': '"1"' }, body: '{}' });
    expect([answer.status, answer.body]).toMatchObject([400, { errors: [{ field: 'If-Match' }] }]);
  });

  describe('whose method its path does not have', () => {
    it.each([
      ['PUT /carts/c-1', 'GET, HEAD, OPTIONS'],
      ['DELETE /carts/c-1/items', 'OPTIONS, POST'],
      ['GET /carts/c-1/lines/1', 'DELETE, OPTIONS, PATCH'],
      ['HEAD /commands', 'OPTIONS, POST'],
      ['GET /commands?a=b', 'OPTIONS, POST'],
      ['PROPFIND /orders/o-1', 'GET, HEAD, OPTIONS'],
      ['POST /health/ready', 'GET, HEAD, OPTIONS'],
      ['POST /openapi.json', 'GET, HEAD, OPTIONS'],
      ['DELETE /streams/cart-c-1/events', 'GET, HEAD, OPTIONS'],
    ])('is told the methods that it has: %s', async (what, allow) => {
      const answer = await send(what, what.startsWith('POST') ? { body: '{}', headers: json } : {});
      expect([answer.status, answer.headers.allow]).toEqual([405, allow]);
      expect(answer.headers['content-type']).toBe('application/problem+json');
      if (!what.startsWith('HEAD'))
        expect(answer.body).toMatchObject({ status: 405, code: 'method-not-allowed', title: 'Method not allowed' });
    });

    it.each([
      'GET /nowhere',
      'DELETE /',
      'PUT /carts',
      'OPTIONS /nowhere',
      'POST /carts/c-1/items/',
      'GET /internal/commands',
    ])('is not found where nothing has that path: %s', async (what) => {
      const answer = await send(what);
      expect([answer.status, answer.body['code'], answer.headers.allow]).toEqual([404, 'route-not-found', undefined]);
    });

    it('may be asked for them', async () => {
      const answer = await send('OPTIONS /carts/c-1');
      expect([answer.status, answer.headers.allow]).toEqual([204, 'GET, HEAD, OPTIONS']);
    });

    it('is answered without a body on HEAD', async () => {
      const [head, get] = [await send('HEAD /carts/c-1'), await send('GET /carts/c-1')];
      expect([head.status, head.headers.etag, head.headers['content-length']]).toEqual([
        ...[200, get.headers.etag, get.headers['content-length']],
      ]);
    });
  });

  it.each([
    ['GET /streams/cart-c-1/events?limit=x', 'limit must be a whole number from 1 to 1000'],
    ['GET /carts/c-1?version=99999999999999999', 'version must be a whole number from 1 to 9007199254740991'],
  ])('is told each rule once: %s', async (what, detail) => {
    const { body } = await send(what);
    expect(body['detail']).toBe(detail);
    expect(body['errors']).toHaveLength(1);
  });

  it.each([
    ['/carts/c-1/items', { ...item, quantity: -1.5 }, 'quantity', 'must be a whole number from 1 to 1000000'],
    [
      ...(['/orders', { cartId: 'c-1', customerId: 'a', contact: { name: 'Ada', email: 'x'.repeat(300) } }] as const),
      ...(['contact.email', 'must be an e-mail address of at most 254 printable characters'] as const),
    ],
  ])('is told each rule once, in however many ways a body breaks it: %s', async (path, body, field, rule) => {
    const { json: answer } = await service.send('POST', path, body);
    expect([answer['detail'], answer['errors']]).toEqual([`${field} ${rule}`, [{ field, rule }]]);
  });
});
