import { randomUUID } from 'node:crypto';
import { eventually } from '@ledgerline/es-testing';
import { type Answer, ask, type Ask, Shop } from './index.js';

let shop: Shop;
const patience = { everyMs: 20 };

beforeAll(async () => {
  shop = await Shop.open();
});
afterAll(() => shop?.close());

/** New for each spec, so that they run against a shop that has seen others. */
const newId = (): string => randomUUID().slice(0, 8);

const lantern = {
  sku: '71053',
  description: 'WHITE METAL LANTERN',
  quantity: 6,
  unitPrice: { amount: '3.39', currency: 'GBP' },
};

const addItem = (cart: string, item: object = lantern, more: Ask = {}): Promise<Answer> =>
  ask(`POST ${shop.orders}/carts/${cart}/items`, { body: item, ...more });

const placeOrder = (id: string, more: object = {}): Promise<Answer> =>
  ask(`POST ${shop.orders}/orders`, {
    body: {
      orderId: id,
      cartId: id,
      customerId: `customer-${id}`,
      country: 'EIRE',
      placedAt: '2011-03-01T10:00:00Z',
      ...more,
    },
  });

/** An order of six lanterns, placed. */
const ordered = async (): Promise<string> => {
  const id = newId();
  await addItem(id);
  expect((await placeOrder(id)).status).toBe(201);
  return id;
};

/** Pays as soon as the payment was requested. */
const pay = (id: string, method = 'tok_ok', more: Ask = {}): Promise<Answer> =>
  eventually(async () => {
    const answer = await ask(`POST ${shop.payments}/payments/${id}/process`, { body: { method }, ...more });
    expect(answer.body['code']).not.toBe('payment-not-requested');
    return answer;
  }, patience);

const orderPage = (id: string, min?: string): Promise<Answer> =>
  ask(`GET ${shop.projections}/orders/${id}`, min === undefined ? {} : { headers: { 'x-min-position': min } });

const untilPage = (id: string, content: object): Promise<void> =>
  eventually(async () => expect((await orderPage(id)).body).toMatchObject(content), patience);

const paid = async (): Promise<string> => {
  const id = await ordered();
  expect((await pay(id)).body).toMatchObject({ status: 'processed' });
  await untilPage(id, { status: 'confirmed' });
  return id;
};

describe('an order', () => {
  it('goes from the cart to the reports', async () => {
    const id = newId();
    const added = await addItem(id);
    expect(added.body).toEqual({ id, version: 1, position: added.header('x-position'), lineId: '1' });
    expect(added.header('etag')).toBe('"1"');
    const placed = await placeOrder(id);
    expect([placed.status, placed.header('location')]).toEqual([201, `/orders/${id}`]);
    const page = await orderPage(id, String(placed.body['position']));
    expect(page.body).toMatchObject({ orderId: id, status: 'created', total: '20.34', country: 'EIRE', returns: [] });
    const processed = await pay(id);
    expect([processed.status, processed.body['status']]).toEqual([200, 'processed']);
    await untilPage(id, { status: 'confirmed', payment: { status: 'processed', paid: { amount: '20.34' } } });
    const confirmed = await ask(`GET ${shop.orders}/orders/${id}`);
    const min = { headers: { 'x-min-position': String(confirmed.header('x-position')) } };
    const dashboard = await ask(`GET ${shop.projections}/customers/customer-${id}/dashboard`, min);
    expect(dashboard.body).toMatchObject({
      ordersCount: 1,
      spent: '20.34',
      refunded: '0.00',
      orders: [{ orderId: id }],
    });
    const report = await ask(`GET ${shop.projections}/reports/sales?by=customer&from=2011-03-01&limit=1000`, min);
    expect(report.body['rows']).toContainEqual({
      ...{ key: `customer-${id}`, orders: 1, units: 6, gross: '20.34', returns: 0, refunded: '0.00' },
    });
  });

  it('is one order however often it is placed', async () => {
    const id = newId();
    await addItem(id);
    const key = { headers: { 'idempotency-key': `place-${id}` } };
    const body = { cartId: id, customerId: 'c' };
    const first = await ask(`POST ${shop.orders}/orders`, { body, ...key });
    const again = await ask(`POST ${shop.orders}/orders`, { body, ...key });
    expect([first.status, again.status]).toEqual([201, 201]);
    expect(again.body).toEqual(first.body);
    const other = await ask(`POST ${shop.orders}/orders`, { body: { ...body, customerId: 'd' }, ...key });
    expect([other.status, other.body['code']]).toEqual([422, 'idempotency-key-reused']);
  });

  it('is cancelled before it is paid, and cannot be paid any more', async () => {
    const id = await ordered();
    const cancel = { body: { reason: 'changed my mind' } };
    expect((await ask(`POST ${shop.orders}/orders/${id}/cancel`, cancel)).status).toBe(200);
    await untilPage(id, { status: 'cancelled', payment: { status: 'cancelled' } });
    expect((await pay(id)).body['code']).toBe('payment-cancelled');
  });

  it('is cancelled after it was paid, and the money goes back', async () => {
    const id = await paid();
    await ask(`POST ${shop.orders}/orders/${id}/cancel`, { body: { reason: 'damaged' } });
    await untilPage(id, { status: 'cancelled', payment: { status: 'refunded', refunded: { amount: '20.34' } } });
    const { body } = await ask(`GET ${shop.projections}/customers/customer-${id}/dashboard`);
    expect(body).toMatchObject({ spent: '20.34', refunded: '20.34' });
  });

  it('is cancelled when its payment was declined three times', async () => {
    const id = await ordered();
    for (let attempt = 1; attempt <= 3; attempt += 1)
      expect((await pay(id, 'tok_declined')).body).toMatchObject({ status: 'declined' });
    await untilPage(id, { status: 'cancelled' });
    expect((await pay(id)).status).toBe(409);
  });

  it('is charged once, however often and slowly it is paid', async () => {
    const id = await ordered();
    const key = { headers: { 'idempotency-key': `pay-${id}` } };
    const [slow, again] = await Promise.all([pay(id, 'tok_slow', key), pay(id, 'tok_slow', key)]);
    expect(slow.body).toEqual(again.body);
    expect(slow.body).toMatchObject({ status: 'processed', attempts: [{ attempt: 1 }] });
    expect((await pay(id)).body['code']).toBe('payment-already-processed');
  });
});

describe('goods that come back', () => {
  const register = (body: object): Promise<Answer> => ask(`POST ${shop.orders}/returns`, { body });
  const line = { sku: '71053', quantity: 2, unitPrice: { amount: '3.39', currency: 'GBP' } };

  it('are refunded from the payment of their order', async () => {
    const id = await paid();
    const { status } = await register({
      returnId: `r-${id}`,
      orderId: id,
      customerId: `customer-${id}`,
      lines: [line],
    });
    expect(status).toBe(201);
    await untilPage(id, {
      returns: [{ returnId: `r-${id}`, total: '6.78' }],
      payment: { refunded: { amount: '6.78' } },
    });
  });

  it('are refunded without an order as well', async () => {
    const id = newId();
    await register({ returnId: id, customerId: 'somebody', lines: [line] });
    await eventually(async () => {
      const { body } = await ask(`GET ${shop.payments}/payments/${id}`);
      expect(body).toMatchObject({ status: 'refunded', refunded: { amount: '6.78', currency: 'GBP' } });
    }, patience);
  });

  it('are not worth more than what was ordered', async () => {
    const id = await paid();
    const lines = [{ ...line, quantity: 100 }];
    const { status, body } = await register({ orderId: id, customerId: `customer-${id}`, lines });
    expect([status, body['code']]).toEqual([409, 'return-exceeds-order']);
  });

  it('are counted once by payment, report and dashboard when their order is cancelled afterwards', async () => {
    const id = newId();
    const customerId = `customer-${id}`;
    for (const sku of [`a-${id}`, `b-${id}`]) await addItem(id, { ...lantern, sku, quantity: 3 });
    await placeOrder(id);
    await pay(id);
    await untilPage(id, { status: 'confirmed' });
    const back = (sku: string, quantity: number): Promise<Answer> =>
      register({ orderId: id, customerId, country: 'EIRE', lines: [{ ...line, sku: `${sku}-${id}`, quantity }] });
    const answers = [await back('a', 1), await back('b', 2), await back('a', 4)];
    expect(answers.map(({ status, body }) => [status, body['code']])).toEqual([
      ...[
        [201, undefined],
        [201, undefined],
        [409, 'return-exceeds-order'],
      ],
    ]);
    const cancelled = await ask(`POST ${shop.orders}/orders/${id}/cancel`, { body: { reason: 'the rest is broken' } });
    await untilPage(id, {
      ...{ status: 'cancelled', returns: [{}, {}] },
      payment: { status: 'refunded', paid: { amount: '20.34' }, refunded: { amount: '20.34' } },
    });
    const positions = [...answers.slice(0, 2), cancelled].map(({ body }) => String(body['position']));
    const min = { headers: { 'x-min-position': positions.join(',') } };
    const dashboard = await ask(`GET ${shop.projections}/customers/${customerId}/dashboard`, min);
    expect(dashboard.body).toMatchObject({ spent: '20.34', refunded: '20.34' });
    const rows = async (by: string): Promise<unknown> =>
      (await ask(`GET ${shop.projections}/reports/sales?by=${by}&from=2011-03-01&limit=1000`, min)).body['rows'];
    expect(await rows('customer')).toContainEqual({
      ...{ key: customerId, orders: 1, units: 6, gross: '20.34', returns: 2, refunded: '20.34' },
    });
    const products = await rows('product');
    for (const sku of ['a', 'b'])
      expect(products).toContainEqual({
        ...{ key: `${sku}-${id}`, orders: 1, units: 3, gross: '10.17', returns: 1, refunded: '10.17' },
      });
  });
});

describe('every write', () => {
  it('is made on the version that was seen, or not at all', async () => {
    const id = newId();
    await addItem(id);
    const stale = await addItem(id, lantern, { headers: { 'if-match': '"0"' } });
    expect([stale.status, stale.body['code'], stale.header('content-type')]).toEqual([
      ...[412, 'wrong-expected-version', 'application/problem+json'],
    ]);
    expect((await addItem(id, lantern, { headers: { 'if-match': '"1"' } })).body['version']).toBe(2);
  });

  it('records once under one key, and refuses another command under it', async () => {
    const id = newId();
    const key = { headers: { 'idempotency-key': `add-${id}` } };
    const first = await addItem(id, lantern, key);
    expect((await addItem(id, lantern, key)).body).toEqual(first.body);
    expect((await addItem(id, { ...lantern, quantity: 7 }, key)).status).toBe(422);
    expect((await ask(`GET ${shop.orders}/carts/${id}`)).body).toMatchObject({ lines: [{ quantity: 6 }] });
  });

  it('says which field breaks which rule', async () => {
    const refused = await addItem(newId(), { ...lantern, quantity: 0, colour: 'red' });
    expect(refused.status).toBe(400);
    expect(refused.body).toMatchObject({ code: 'validation-failed', title: 'Bad request', status: 400 });
    const errors = refused.body['errors'] as { field: string; rule: string }[];
    expect(errors.map(({ field }) => field).sort()).toEqual(['colour', 'quantity']);
    const malformed = await ask(`POST ${shop.orders}/carts/x/items`, { text: '{"sku":' });
    expect([malformed.status, malformed.header('content-type')]).toEqual([400, 'application/problem+json']);
    expect(malformed.text).not.toMatch(/at .*\.js/);
  });

  it('is in the audit trail, with who wanted it and why', async () => {
    const id = newId();
    await addItem(id, lantern, { headers: { 'x-actor': 'ann', 'x-correlation-id': `conversation-${id}` } });
    const { body } = await ask(`GET ${shop.orders}/streams/cart-${id}/events`);
    expect(body['items']).toMatchObject([
      {
        ...{ version: 1, type: 'ItemAddedToCart', actor: 'ann', correlationId: `conversation-${id}` },
        data: { sku: '71053' },
      },
    ]);
    const raw = await ask(`GET ${shop.orders}/streams/cart-${id}/events?raw=true`);
    expect(raw.body['items']).toMatchObject([{ type: 'ItemAddedToCart.v1' }]);
  });
});

describe('a cart', () => {
  it('is shown as it was at a version and at a time', async () => {
    const id = newId();
    await addItem(id);
    const trail = await ask(`GET ${shop.orders}/streams/cart-${id}/events`);
    const [first] = trail.body['items'] as [{ time: string }];
    await eventually(() => expect(new Date().toISOString() > first.time).toBe(true));
    await ask(`PATCH ${shop.orders}/carts/${id}/lines/1`, { body: { quantity: 12 } });
    const quantity = async (then: string): Promise<unknown> => {
      const { body } = await ask(`GET ${shop.orders}/carts/${id}${then}`);
      return (body['lines'] as { quantity: number }[])[0]?.quantity;
    };
    expect(await quantity('')).toBe(12);
    expect(await quantity('?version=1')).toBe(6);
    expect(await quantity(`?at=${first.time}`)).toBe(6);
    expect((await ask(`GET ${shop.orders}/carts/${id}?at=2000-01-01T00:00:00Z`)).status).toBe(404);
  });
});

describe('a query', () => {
  it('waits for no position that does not come', async () => {
    const { status, body } = await ask(`GET ${shop.projections}/orders`, {
      headers: { 'x-min-position': 'orders.events/0@99999999' },
    });
    expect([status, body['code']]).toEqual([504, 'position-not-reached']);
  });
});

describe('each service', () => {
  it('says how it is and what it can do', async () => {
    for (const url of [shop.orders, shop.payments, shop.projections]) {
      expect((await ask(`GET ${url}/health/live`)).status).toBe(200);
      expect((await ask(`GET ${url}/health/ready`)).status).toBe(200);
      expect((await ask(`GET ${url}/metrics`)).text).toMatch(/^# HELP/);
      expect((await ask(`GET ${url}/openapi.json`)).body).toMatchObject({
        openapi: expect.stringMatching(/^3\./) as string,
      });
      expect((await ask(`GET ${url}/nowhere`)).body).toMatchObject({ code: 'route-not-found', status: 404 });
    }
  });

  it('says what a path takes, and takes no body that would have to be unpacked', async () => {
    for (const url of [shop.orders, shop.payments, shop.projections]) {
      const method = await ask(`DELETE ${url}/parked`);
      expect([method.status, method.header('allow')]).toEqual([405, 'GET, HEAD, OPTIONS']);
      const retry = `POST ${url}/parked/x/discard`;
      const coded = await ask(retry, { body: { reason: 'x' }, headers: { 'content-encoding': 'gzip' } });
      expect([coded.status, coded.body['code']]).toEqual([415, 'unsupported-media-type']);
    }
  });
});
