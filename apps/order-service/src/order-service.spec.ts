import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Answer, eventually } from '@ledgerline/es-testing';
import type { PaymentEvent } from '@ledgerline/events';
import { RunningOrderService } from './fixtures/running-order-service.js';

const pounds = (amount: string) => ({ amount, currency: 'GBP' });
const item = { sku: '85123A', quantity: 6, unitPrice: pounds('2.55') };

const processed = (orderId: string): PaymentEvent => ({
  type: 'PaymentProcessed',
  data: { orderId, attempt: 1, amount: pounds('15.30'), reference: 'r' },
});
const declined = (orderId: string, attempt: number, final: boolean): PaymentEvent => ({
  type: 'PaymentDeclined',
  data: { orderId, attempt, reason: 'no funds', final },
});
const expired = (orderId: string): PaymentEvent => ({ type: 'PaymentExpired', data: { orderId } });

interface Trail {
  readonly items: readonly {
    readonly type: string;
    readonly version: number;
    readonly time: string;
    readonly id: string;
    readonly commandId: string;
    readonly correlationId: string;
    readonly causationId: string;
    readonly actor: string;
  }[];
  readonly next?: number;
}

describe('the order service', () => {
  const service = new RunningOrderService();
  const { send } = service;

  beforeAll(() => service.start());
  afterAll(() => service.end());

  const place = async (id: string, headers: Record<string, string> = {}): Promise<Answer> => {
    await send('POST', `/carts/${id}/items`, item);
    return send('POST', '/orders', { cartId: id, orderId: id, customerId: '17850' }, headers);
  };
  const statusOf = async (id: string): Promise<unknown> => (await send('GET', `/orders/${id}`)).json['status'];
  const trailOf = async (stream: string, query = ''): Promise<Trail> =>
    JSON.parse((await send('GET', `/streams/${stream}/events${query}`)).text) as Trail;
  const confirmed = async (id: string): Promise<void> => {
    await place(id);
    await service.record(id, processed(id));
    await eventually(async () => expect(await statusOf(id)).toBe('confirmed'));
  };

  describe('carts', () => {
    it('puts the same sku at the same price on one line, and says which', async () => {
      const lines: unknown[] = [];
      for (const amount of ['2.55', '2.1', '2.550', '2.10'])
        lines.push((await send('POST', '/carts/a/items', { ...item, unitPrice: pounds(amount) })).json['lineId']);
      expect(lines).toEqual(['1', '2', '1', '2']);
      expect((await send('GET', '/carts/a')).json).toMatchObject({
        ...{ cartId: 'a', status: 'open', currency: 'GBP', total: '55.80' },
        lines: [
          { lineId: '1', quantity: 12, unitPrice: '2.55', amount: '30.60' },
          { lineId: '2', quantity: 12 },
        ],
      });
    });

    it('answers a repeat as the first time, with its line', async () => {
      const key = { 'Idempotency-Key': 'add-1' };
      const first = await send('POST', '/carts/b/items', item, key);
      await send('POST', '/carts/b/items', { ...item, sku: 'other' });
      const again = await send('POST', '/carts/b/items', item, key);
      expect(first.json).toEqual({ id: 'b', version: 1, position: expect.any(String), lineId: '1' });
      expect([again.json, again.headers.get('etag')]).toEqual([first.json, '"1"']);
    });

    it('changes and removes lines, on the version that was seen', async () => {
      await send('POST', '/carts/c/items', item);
      const changed = await send('PATCH', '/carts/c/lines/1', { quantity: 2 }, { 'If-Match': '"1"' });
      const stale = await send('DELETE', '/carts/c/lines/1', undefined, { 'If-Match': '"1"' });
      const removed = await send('DELETE', '/carts/c/lines/1', undefined, { 'If-Match': '"2"' });
      expect([changed.json['version'], stale.status, removed.json['version']]).toEqual([2, 412, 3]);
      expect((await send('GET', '/carts/c')).json).toMatchObject({ lines: [], total: '0.00' });
    });

    it('takes a DELETE that names a media type and has no body', async () => {
      await send('POST', '/carts/c2/items', item);
      const headers = { 'content-type': 'application/json' };
      expect((await send('DELETE', '/carts/c2/lines/1', undefined, headers)).status).toBe(200);
    });

    it('shows itself as it was at each version and time', async () => {
      for (const quantity of [1, 2, 3]) await send('POST', '/carts/d/items', { ...item, quantity });
      const { items } = await trailOf('cart-d');
      const quantityAt = async (query: string): Promise<unknown> => {
        const { lines } = (await send('GET', `/carts/d${query}`)).json as { lines: { quantity: number }[] };
        return lines[0]?.quantity;
      };
      expect(await Promise.all(['?version=1', '?version=2', '?version=3', ''].map(quantityAt))).toEqual([1, 3, 6, 6]);
      expect(await quantityAt(`?at=${items[2]?.time}`)).toBe(6);
      expect(await quantityAt('?at=2999-01-01T00:00:00Z')).toBe(6);
      expect((await send('GET', '/carts/d?version=2')).headers.get('etag')).toBe('"2"');
    });
  });

  describe('placing an order', () => {
    it('checks the cart out and creates the order at once', async () => {
      const answer = await place('e');
      expect([answer.status, answer.json, answer.headers.get('location')]).toEqual([
        201,
        { id: 'e', version: 1, position: answer.headers.get('x-position') },
        '/orders/e',
      ]);
      expect((await send('GET', '/orders/e')).json).toMatchObject({ status: 'created', total: '15.30', cartId: 'e' });
      expect((await send('GET', '/carts/e')).json).toMatchObject({ status: 'checked-out', orderId: 'e' });
    });

    it('answers a repeat as the first time, and derives the id that it was not given', async () => {
      await send('POST', '/carts/f/items', item);
      const body = { cartId: 'f', customerId: '17850' };
      const [first, second] = [
        await send('POST', '/orders', body, { 'Idempotency-Key': 'order-f' }),
        await send('POST', '/orders', body, { 'Idempotency-Key': 'order-f' }),
      ];
      expect(first.status).toBe(201);
      expect([second.status, second.json]).toEqual([201, first.json]);
      const changed = { ...body, customerId: '1' };
      expect((await send('POST', '/orders', changed, { 'Idempotency-Key': 'order-f' })).status).toBe(422);
    });

    it('creates one order, whether the controller or the reactor comes first', async () => {
      await place('g');
      await eventually(async () => {
        const { items } = (await send('GET', '/reactors')).json as { items: { partitions: { underWay: number }[] }[] };
        expect(items[0]?.partitions.every(({ underWay }) => underWay === 0)).toBe(true);
      });
      expect((await trailOf('order-g')).items.map(({ type }) => type)).toEqual(['OrderCreated']);
    });

    it('leaves a cart alone whose order would have an id that is taken', async () => {
      await place('h');
      await send('POST', '/carts/h2/items', item);
      const answer = await send('POST', '/orders', { cartId: 'h2', orderId: 'h', customerId: '1' });
      expect([answer.status, answer.json['code']]).toEqual([409, 'order-exists']);
      expect((await send('GET', '/carts/h2')).json['status']).toBe('open');
    });

    it('refuses a cart whose order could never be confirmed, and leaves it open', async () => {
      const lines = Array.from({ length: 2_000 }, (_, i) => ({
        ...{ id: `big-${i}`, type: 'AddItemToCart', stream: 'cart-big' },
        data: { ...item, sku: `${i} ${'x'.repeat(50)}`, description: '€'.repeat(100) },
      }));
      for (const some of [lines.slice(0, 1_000), lines.slice(1_000)]) await commands(some);
      const answer = await send('POST', '/orders', { cartId: 'big', customerId: '1' });
      expect([answer.status, answer.json['code']]).toEqual([422, 'event-too-large']);
      expect((await send('GET', '/carts/big')).json['status']).toBe('open');
    });
  });

  describe('the order process', () => {
    it('confirms an order when its payment was processed', async () => {
      await confirmed('i');
      const { items } = await trailOf('order-i');
      expect(items[1]).toMatchObject({
        ...{ type: 'OrderConfirmed', actor: 'system:order-process', causationId: 'payment-i@1' },
        commandId: 'payment-i@1.ConfirmOrder',
      });
    });

    it('copies the conversation on', async () => {
      await place('i2', { 'X-Correlation-Id': 'conversation-1', 'X-Actor': 'ann' });
      const [cart, order] = [await trailOf('cart-i2', '?from=2'), await trailOf('order-i2')];
      expect(cart.items[0]).toMatchObject({ actor: 'ann', correlationId: 'conversation-1' });
      expect(order.items[0]).toMatchObject({ correlationId: 'conversation-1', causationId: 'cart-i2@2' });
    });

    it('is told by whoever reacts to an event elsewhere what its command follows from', async () => {
      const headers = { 'X-Actor': 'warehouse', 'X-Correlation-Id': 'all', 'X-Causation-Id': 'parcel-1@2' };
      await send('POST', '/carts/i3/items', item, headers);
      const said = { correlationId: 'own', causationId: 'parcel-9@1' };
      const add = (id: string, more: object) => ({
        ...{ id, type: 'AddItemToCart', stream: 'cart-i3', data: item },
        ...more,
      });
      await commands([add('i3-1', said), add('i3-2', {})], headers);
      expect((await trailOf('cart-i3')).items).toMatchObject([
        { actor: 'warehouse', correlationId: 'all', causationId: 'parcel-1@2' },
        { actor: 'warehouse', ...said },
        { actor: 'warehouse', correlationId: 'all', causationId: 'parcel-1@2' },
      ]);
      const [refused] = await commands([add('i3-3', { causationId: 'ü' })]);
      expect(refused).toMatchObject({ status: 'rejected', code: 'validation-failed' });
    });

    it('cancels an order when the last attempt to pay it was declined, not before', async () => {
      await place('j');
      await service.record('j', declined('j', 1, false), declined('j', 2, false));
      await place('k');
      await service.record('k', declined('k', 3, true));
      await eventually(async () => expect(await statusOf('k')).toBe('cancelled'));
      expect(await statusOf('j')).toBe('created');
      expect((await send('GET', '/orders/k')).json['reason']).toMatch(/declined 3 times/);
    });

    it('cancels an order when its payment expired', async () => {
      await place('l');
      await service.record('l', expired('l'));
      await eventually(async () => expect(await statusOf('l')).toBe('cancelled'));
    });

    it('leaves a verdict where an order that was cancelled is paid, once, over a restart', async () => {
      await place('m');
      await send('POST', '/orders/m/cancel', { reason: 'changed my mind' });
      await service.record('m', processed('m'));
      await service.restart();
      await eventually(async () => expect(await service.hasReacted()).toBe(true));
      expect(await statusOf('m')).toBe('cancelled');
      expect((await trailOf('order-m')).items.map(({ type }) => type)).toEqual(['OrderCreated', 'OrderCancelled']);
    });

    it('takes a repeated cancellation without recording it again', async () => {
      await place('n');
      const cancel = () => send('POST', '/orders/n/cancel', { reason: 'changed my mind' });
      expect([(await cancel()).json['version'], (await cancel()).json['version']]).toEqual([2, 2]);
    });
  });

  describe('returns', () => {
    const goods = { customerId: '17850', lines: [{ ...item, quantity: 2 }] };

    it('takes goods back that name no order, under an id derived from the key', async () => {
      const headers = { 'Idempotency-Key': 'return-1' };
      const first = await send('POST', '/returns', goods, headers);
      const second = await send('POST', '/returns', goods, headers);
      expect([first.status, second.json, first.headers.get('location')]).toEqual([
        ...[201, first.json, `/returns/${first.json['id']}`],
      ]);
      expect((await send('GET', `/returns/${first.json['id']}`)).json).toMatchObject({
        status: 'registered',
        total: '5.10',
      });
    });

    it('takes goods back of a confirmed order, up to its total', async () => {
      await place('o');
      const early = await send('POST', '/returns', { ...goods, orderId: 'o' });
      await service.record('o', processed('o'));
      await eventually(async () => expect(await statusOf('o')).toBe('confirmed'));
      const tooMuch = { ...goods, orderId: 'o', lines: [{ ...item, quantity: 7 }] };
      const euros = { ...goods, orderId: 'o', lines: [{ ...item, unitPrice: { amount: '1', currency: 'EUR' } }] };
      const answers = [
        early,
        ...(await Promise.all(
          [tooMuch, euros, { ...goods, orderId: 'o' }].map((body) => send('POST', '/returns', body)),
        )),
      ];
      expect(answers.map(({ status, json }) => [status, json['code']])).toEqual([
        [409, 'order-not-confirmed'],
        [409, 'return-exceeds-order'],
        [409, 'currency-mismatch'],
        [201, undefined],
      ]);
    });

    it('answers a repeat as the first time although the order was cancelled since', async () => {
      await confirmed('p');
      const headers = { 'Idempotency-Key': 'return-p' };
      const first = await send('POST', '/returns', { ...goods, orderId: 'p', returnId: 'rp' }, headers);
      await send('POST', '/orders/p/cancel', { reason: 'x' });
      expect((await send('POST', '/returns', { ...goods, orderId: 'p', returnId: 'rp' }, headers)).json).toEqual(
        first.json,
      );
    });
  });

  describe('the audit trail', () => {
    it('pages through a stream, in today’s schema and as it is stored', async () => {
      for (const sku of ['1', '2', '3']) await send('POST', '/carts/q/items', { ...item, sku });
      const first = await trailOf('cart-q', '?limit=2');
      const second = await trailOf('cart-q', `?limit=2&from=${first.next}`);
      expect([...first.items, ...second.items].map(({ version, type }) => [version, type])).toEqual([
        ...[1, 2, 3].map((version) => [version, 'ItemAddedToCart']),
      ]);
      expect(second).not.toHaveProperty('next');
      const raw = await trailOf('cart-q', '?raw=true&limit=1');
      expect(raw.items[0]).toMatchObject({
        type: 'ItemAddedToCart.v1',
        data: { sku: '1', quantity: 6 },
        stream: 'cart-q',
      });
    });
  });

  const commands = async (
    lines: readonly unknown[],
    headers: Readonly<Record<string, string>> = {},
  ): Promise<Record<string, unknown>[]> => {
    const body = lines.map((line) => (typeof line === 'string' ? line : JSON.stringify(line))).join('\n');
    const { text } = await send('POST', '/commands', body, { 'content-type': 'application/x-ndjson', ...headers });
    return text
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line) as Record<string, unknown>);
  };

  describe('many commands', () => {
    const add = (id: string, stream: string, data: object = item) => ({ id, type: 'AddItemToCart', stream, data });

    it('keeps the order of each stream, and answers in the order of the lines', async () => {
      const lines = Array.from({ length: 300 }, (_, i) =>
        add(`r-${i}`, `cart-r${i % 3}`, { ...item, quantity: i + 1 }),
      );
      const verdicts = await commands(lines);
      expect(verdicts.map(({ id, status, version }) => [id, status, version])).toEqual(
        lines.map(({ id }, i) => [id, 'accepted', Math.floor(i / 3) + 1]),
      );
      expect((await commands(lines)).map(({ status }) => status)).toEqual(lines.map(() => 'repeated'));
    });

    it('takes what comes out of a cart in one request, and repeats what POST /orders did', async () => {
      const checkOut = { id: 's', type: 'CheckOutCart', stream: 'cart-s', data: { orderId: 's', customerId: '17850' } };
      const verdicts = await commands([add('s1', 'cart-s'), checkOut]);
      expect(verdicts.map(({ status }) => status)).toEqual(['accepted', 'accepted']);
      await eventually(async () => expect(await statusOf('s')).toBe('created'));
      const repeat = await send(
        'POST',
        '/orders',
        { cartId: 's', orderId: 's', customerId: '17850' },
        { 'Idempotency-Key': 's' },
      );
      expect([repeat.status, repeat.json['version']]).toEqual([201, 1]);
    });

    it('gives each bad line its own verdict and goes on', async () => {
      const verdicts = await commands([
        ...['{"id":', '[]', add('t t', 'cart-t'), add('t1', 'order-t'), add('t2', 'cart-t', { ...item, quantity: 0 })],
        ...[
          { ...add('t3', 'cart-t'), more: 1 },
          { ...add('t4', 'cart-t'), type: 'Unknown' },
        ],
        ...['CreateOrder', 'ConfirmOrder', 'ReopenCart'].map((type) => ({
          id: type,
          type,
          stream: 'order-t',
          data: {},
        })),
        ...['', { id: 't5', type: 'CancelOrder', stream: 'order-nobody', data: { reason: 'x' } }],
        ...[
          {
            id: 't6',
            type: 'RegisterReturn',
            stream: 'return-t',
            data: { orderId: 'nobody', customerId: '1', lines: [item] },
          },
        ],
        add('t7', 'cart-t'),
      ]);
      expect(verdicts.map(({ id, status, code = null }) => [id, status, code])).toEqual([
        [null, 'rejected', 'validation-failed'],
        [null, 'rejected', 'validation-failed'],
        ['t t', 'rejected', 'validation-failed'],
        ['t1', 'rejected', 'validation-failed'],
        ['t2', 'rejected', 'validation-failed'],
        ['t3', 'rejected', 'validation-failed'],
        ['t4', 'rejected', 'validation-failed'],
        ['CreateOrder', 'rejected', 'command-not-public'],
        ['ConfirmOrder', 'rejected', 'command-not-public'],
        ['ReopenCart', 'rejected', 'command-not-public'],
        ['t5', 'rejected', 'order-not-found'],
        ['t6', 'rejected', 'order-not-found'],
        ['t7', 'accepted', null],
      ]);
      expect(verdicts[4]?.['detail']).toBe('data.quantity must be a whole number from 1 to 1000000');
    });

    it('refuses an id that was used for another command', async () => {
      const [first, other] = await commands([add('u', 'cart-u'), add('u', 'cart-u', { ...item, quantity: 1 })]);
      expect([first?.['status'], other?.['code']]).toEqual(['accepted', 'idempotency-key-reused']);
    });
  });

  it('describes every route that it has', async () => {
    const { paths } = (await send('GET', '/openapi.json')).json as { paths: Record<string, object> };
    const routes = Object.entries(paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method} ${path}`),
    );
    expect(routes.sort()).toEqual([
      'delete /carts/{id}/lines/{lineId}',
      'get /carts/{id}',
      'get /health/live',
      'get /health/ready',
      'get /log',
      'get /metrics',
      'get /openapi.json',
      'get /orders/{id}',
      'get /parked',
      'get /reactors',
      'get /returns/{id}',
      'get /streams/{stream}/events',
      'get /subjects/{id}',
      'patch /carts/{id}/lines/{lineId}',
      'post /carts/{id}/items',
      'post /commands',
      'post /orders',
      'post /orders/{id}/cancel',
      'post /parked/{id}/discard',
      'post /parked/{id}/retry',
      'post /personal-keys/rewrap',
      'post /returns',
      'post /subjects/{id}/forget',
    ]);
  });
});
