import { jest } from '@jest/globals';
import { type Filter, ReadModelsUnavailable, streamId, Unreadable } from '@ledgerline/es-core';
import { partitionOf } from '@ledgerline/es-core/runtime';
import type { Log, LogFacts } from '@ledgerline/es-nest';
import { breakFold, eventually, FollowedStream, memoryReadModelStore } from '@ledgerline/es-testing';
import { orderEvents, paymentEvents } from '@ledgerline/events';
import { orderConfirmed, orderCreated, paymentRequested } from './fixtures/order-events.js';
import { ShopInMemory } from './fixtures/shop-in-memory.js';
import { salesReport } from './sales-report/sales-report.projection.js';

interface Answer {
  readonly status: number;
  readonly position: string | null;
  readonly body: {
    readonly code?: string;
    readonly items: readonly { readonly orderId: string; readonly name: string }[];
    readonly rows: readonly object[];
    readonly next?: string;
    readonly errors?: readonly { readonly field: string; readonly rule: string }[];
    readonly divergent: readonly object[];
  } & Readonly<Record<string, unknown>>;
}

const READ_MODELS = 3;
/** As often as each of them looks at its record. */
const LOOK_EVERY_MS = 500;

let shop: ShopInMemory;

const ask = async (path: string, { method = 'GET', min }: { method?: string; min?: string } = {}): Promise<Answer> => {
  const answer = await fetch(`${shop.url}${path}`, {
    method,
    headers: min === undefined ? {} : { 'x-min-position': min },
  });
  return {
    status: answer.status,
    position: answer.headers.get('x-position'),
    body: (await answer.json()) as Answer['body'],
  };
};

const ids = ({ body }: Answer): string[] => body.items.map(({ orderId }) => orderId);

describe('the projection service', () => {
  beforeAll(async () => {
    shop = new ShopInMemory();
    await shop.provision();
    await (
      await shop.start()
    ).ready;
  });

  afterAll(() => shop.close());

  it('has seen what the position says it is to have seen', async () => {
    const position = await shop.recordOrder('a1', orderCreated('a1', { customerId: 'a' }));
    const { status, body, position: seen } = await ask('/orders/a1', { min: position });
    expect(status).toBe(200);
    expect(body).toMatchObject({ orderId: 'a1', status: 'created', total: '15.30', returns: [] });
    expect(seen?.split(', ')).toContain(position);
  });

  it('waits for all positions of a list, in both topics', async () => {
    const created = await shop.recordOrder('a2', orderCreated('a2'));
    const requested = await shop.recordPayment('a2', paymentRequested('a2'));
    const { body } = await ask('/orders/a2', { min: `${created}, ${requested}` });
    expect(body).toMatchObject({ payment: { status: 'requested' } });
  });

  it('adds up a customer and the sales', async () => {
    const facts = { customerId: 'b', country: 'France', placedAt: '2010-12-24T10:00:00.000Z' };
    const min = await shop.recordOrder('b1', orderCreated('b1', facts), orderConfirmed('b1', facts));
    expect((await ask('/customers/b/dashboard', { min })).body).toMatchObject({
      ordersCount: 1,
      spent: '15.30',
      currency: 'GBP',
    });
    const row = { orders: 1, units: 6, gross: '15.30', returns: 0, refunded: '0.00' };
    const report = async (query: string): Promise<unknown> => (await ask(`/reports/sales?${query}`, { min })).body.rows;
    expect(await report('by=country')).toEqual([{ key: 'France', ...row }]);
    expect(await report('by=day&from=2010-12-24&to=2010-12-25')).toEqual([{ key: '2010-12-24', ...row }]);
    expect(await report('by=product&from=2010-12-24T00:00:00Z')).toEqual([{ key: '85123A', ...row }]);
    expect(await report('by=customer&to=2010-12-24')).toEqual([]);
    expect(await report('by=day&currency=EUR')).toEqual([]);
  });

  it('says that a report has more rows, and leads to them', async () => {
    const facts = { country: 'Japan', placedAt: '2012-05-06T10:00:00.000Z' };
    let min = '';
    for (const customerId of ['s1', 's2', 's3'])
      min = await shop.recordOrder(
        customerId,
        orderCreated(customerId, { ...facts, customerId }),
        orderConfirmed(customerId, { ...facts, customerId }),
      );
    const report = '/reports/sales?by=customer&from=2012-05-06&to=2012-05-07';
    const keys = ({ body }: Answer): unknown => body.rows.map((one) => (one as { key: string }).key);
    for (const at of ['', `&at=${new Date(shop.platform.now()).toISOString()}`]) {
      const wait = at === '' ? { min } : {};
      const first = await ask(`${report}&limit=2${at}`, wait);
      expect([keys(first), first.body.next]).toEqual([['s1', 's2'], expect.any(String)]);
      const second = await ask(`${report}&limit=2${at}&cursor=${first.body.next}`, wait);
      expect([keys(second), second.body.next]).toEqual([['s3'], undefined]);
      const foreign = await ask(`${report.replace('customer', 'product')}${at}&cursor=${first.body.next}`);
      expect([foreign.status, foreign.body.errors?.[0]?.field]).toEqual([400, 'cursor']);
    }
  });

  it('pages through orders, newest first, and misses none when more come in between', async () => {
    const at = (second: number): string => `2011-01-01T00:00:0${second}.000Z`;
    const customerId = 'pages';
    for (const [id, second] of [
      ['c1', 1],
      ['c2', 2],
      ['c3', 2],
      ['c4', 3],
    ] as const)
      await shop.recordOrder(id, orderCreated(id, { customerId, placedAt: at(second) }));
    const min = await shop.recordOrder('c4', orderConfirmed('c4', { customerId, placedAt: at(3) }));
    await eventually(async () => expect(ids(await ask('/orders?customerId=pages'))).toEqual(['c4', 'c2', 'c3', 'c1']));
    const first = await ask('/orders?customerId=pages&limit=2', { min });
    expect(ids(first)).toEqual(['c4', 'c2']);
    const newer = await shop.recordOrder('c5', orderCreated('c5', { customerId, placedAt: at(9) }));
    const second = await ask(`/orders?customerId=pages&limit=2&cursor=${first.body.next}`, { min: newer });
    expect(ids(second)).toEqual(['c3', 'c1']);
    expect(second.body.next).toBeUndefined();
    expect(ids(await ask('/orders?customerId=pages&status=confirmed'))).toEqual(['c4']);
    expect(ids(await ask('/orders?customerId=pages&sort=placedAt'))).toEqual(['c1', 'c2', 'c3', 'c4', 'c5']);
    expect(ids(await ask('/orders?customerId=pages&country=France'))).toEqual([]);
    const foreign = await ask(`/orders?customerId=others&limit=2&cursor=${first.body.next}`);
    expect(foreign.status).toBe(400);
    expect(foreign.body.errors).toEqual([
      { field: 'cursor', rule: expect.stringMatching(/same customerId, status, country, from, to and sort/) as string },
    ]);
    expect(ids(await ask(`/orders?customerId=pages&from=${at(2)}&to=${at(3)}`))).toEqual(['c2', 'c3']);
  });

  it('streams a page of orders as the query shows it, with an order that comes in', async () => {
    const facts = { customerId: 'lists' };
    await shop.recordOrder('l1', orderCreated('l1', { ...facts, placedAt: '2010-12-01T08:00:00.000Z' }));
    const min = await shop.recordOrder('l2', orderCreated('l2', { ...facts, placedAt: '2010-12-02T08:00:00.000Z' }));
    const query = 'customerId=lists&sort=placedAt';
    const { body } = await ask(`/orders?${query}&limit=1`, { min });
    const path = `/orders/stream?${query}&limit=2&cursor=${body.next}`;
    const stream = await FollowedStream.open(`${shop.url}${path}`, { 'x-min-position': min });
    expect((await stream.next())?.data).toMatchObject({ items: [{ orderId: 'l2' }] });
    await shop.recordOrder('l3', orderCreated('l3', { ...facts, placedAt: '2010-12-03T08:00:00.000Z' }));
    expect((await stream.next())?.data).toMatchObject({ items: [{ orderId: 'l2' }, { orderId: 'l3' }] });
    stream.leave();
  });

  it.each([
    ['/orders?limit=0', 'limit'],
    ['/orders?limit=1001', 'limit'],
    ['/orders?limit=x', 'limit'],
    ['/orders?status=paid', 'status'],
    ['/orders?customerId=a%20b', 'customerId'],
    ['/orders?customerId=..', 'customerId'],
    ['/orders?from=yesterday', 'from'],
    ['/orders?from=2010-13-01', 'from'],
    ['/orders?from=2010-12-02&to=2010-12-01', 'to'],
    ['/orders?cursor=abc', 'cursor'],
    ['/orders?cursor=', 'cursor'],
    [`/orders?cursor=${Buffer.from('[]').toString('base64url')}`, 'cursor'],
    ['/orders?sort=total', 'sort'],
    ['/orders?country=', 'country'],
    ['/orders?nope=1', 'nope'],
    ['/orders?limit=1&limit=2', 'limit'],
    ['/orders/a%2Fb', 'id'],
    ['/orders/a1?nope=1', 'nope'],
    ['/orders/a1/stream?nope=1', 'nope'],
    ['/orders/stream?status=lost', 'status'],
    ['/customers/b/dashboard?currency=gbp', 'currency'],
    ['/reports/sales', 'by'],
    ['/reports/sales?by=week', 'by'],
    ['/reports/sales?by=day&from=2010-12-01T08:00:00Z', 'from'],
    ['/reports/sales?by=day&to=2010-02-30', 'to'],
    ['/reports/sales?by=day&currency=XYZ', 'currency'],
    ['/reports/sales?by=day&limit=-1', 'limit'],
    ['/reports/sales?by=day&cursor=x', 'cursor'],
  ])('refuses %s and names the field', async (path, field) => {
    const { status, body } = await ask(path);
    expect([status, body.code, body.errors?.map((error) => error.field)]).toEqual([400, 'validation-failed', [field]]);
    expect(body.errors?.[0]?.rule).toMatch(/^(must|is) /);
  });

  it.each(['soon', 'orders.events/0', 'orders.events/0@1,', 'orders.events/2@1', 'other.events/0@1', ''])(
    'refuses the position "%s"',
    async (min) => {
      const { status, body } = await ask('/orders', { min });
      expect([status, body.errors?.[0]?.field]).toEqual([400, 'X-Min-Position']);
    },
  );

  it('answers 504 when a position is not reached in time', async () => {
    const { status, body } = await ask('/orders', { min: 'orders.events/0@999999' });
    expect([status, body.code, body['retriable']]).toEqual([504, 'position-not-reached', true]);
  });

  it.each(['/orders/none', '/customers/none/dashboard', '/nowhere'])('does not know %s', async (path) => {
    const { status, body } = await ask(path);
    expect([status, body.code]).toEqual([404, expect.stringMatching(/-not-found$/)]);
  });

  it.each([
    '/orders',
    '/orders/fresh',
    '/orders/none',
    '/customers/fresh/dashboard',
    '/reports/sales?by=day',
    '/projections',
  ])('says how fresh its answer to %s is, as it can be asked for', async (path) => {
    const min = await shop.recordOrder('fresh', orderCreated('fresh', { customerId: 'fresh' }));
    const { position } = await ask(path, { min });
    expect(position?.split(', ')).toContain(min);
    expect((await ask(path, { min: position ?? '' })).status).not.toBe(400);
  });

  it('says how far its projections have come', async () => {
    const { body } = await ask('/projections');
    expect(body.items.map(({ name }) => name)).toEqual(['customer-dashboard', 'order-page', 'sales-report']);
    const place = { partition: 0, refused: 0, lag: 0 };
    expect(body.items[1]).toMatchObject({
      revision: 4,
      generations: [{ number: 1, revision: 4, state: 'live', standsStill: false, parked: 0 }],
      partitions: [{ topic: 'orders.events', ...place }, {}, { topic: 'payments.events', ...place }, {}],
    });
    const metrics = await (await fetch(`${shop.url}/metrics`)).text();
    expect(metrics).toMatch(/ledgerline_projection_lag\{.*projection="order-page".*\} 0/);
  });

  it('finds read models as the log has them', async () => {
    for (const name of ['customer-dashboard', 'order-page', 'sales-report']) {
      const { body } = await ask(`/projections/${name}/verify`, { method: 'POST' });
      expect(body).toEqual({ checked: expect.any(Number) as number, passes: 1, divergentCount: 0, divergent: [] });
      expect(body['checked']).toBeGreaterThan(0);
    }
    expect((await ask('/projections/none/verify', { method: 'POST' })).body.code).toBe('projection-not-found');
  });

  it.each([
    ['{"sample":0}', 'sample'],
    ['{"sample":101}', 'sample'],
    ['{"sample":"1"}', 'sample'],
    ['{"seed":"1"}', 'seed'],
  ])('refuses to verify by %s', async (body, field) => {
    const headers = { 'content-type': 'application/json' };
    const answer = await fetch(`${shop.url}/projections/order-page/verify`, { method: 'POST', headers, body });
    expect([answer.status, await answer.json()]).toMatchObject([400, { errors: [{ field }] }]);
  });

  /** No read model looks whether it can switch, however slow this machine is, until what this answers is called. */
  const holdLooks = async (): Promise<() => void> => {
    const held: (() => void)[] = [];
    const { setTimer } = shop.platform;
    const spy = jest.spyOn(shop.platform, 'setTimer').mockImplementation((ms, run) => {
      if (ms !== LOOK_EVERY_MS) return setTimer(ms, run);
      held.push(run);
      return () => undefined;
    });
    await eventually(() => expect(held).toHaveLength(READ_MODELS));
    return () => {
      spy.mockRestore();
      for (const look of held) look();
    };
  };

  it('makes a read model anew while it answers, once however often it is asked', async () => {
    const rebuild = () => ask('/projections/customer-dashboard/rebuild', { method: 'POST' });
    const live = async (): Promise<unknown> => {
      const { body } = await ask('/projections');
      return (body.items[0] as unknown as { generations: { number: number; state: string }[] }).generations;
    };
    const goOn = await holdLooks();
    const [first, second] = await Promise.all([rebuild(), rebuild()]);
    goOn();
    for (const { status, body } of [first, second])
      expect([status, body['generations']]).toEqual([
        202,
        [
          { number: 1, revision: 2, state: 'live', standsStill: false, parked: 0 },
          {
            number: 2,
            revision: 2,
            state: 'filling',
            standsStill: false,
            parked: 0,
            progress: expect.any(Object) as object,
          },
        ],
      ]);
    const min = await shop.recordOrder('g1', orderCreated('g1', { customerId: 'g' }));
    expect((await ask('/customers/g/dashboard', { min })).body).toMatchObject({ ordersCount: 1 });
    await eventually(async () =>
      expect(await live()).toEqual([
        { number: 2, revision: 2, state: 'live', standsStill: false, parked: 0 },
        { number: 1, revision: 2, state: 'previous', standsStill: true, parked: 0 },
      ]),
    );
    expect((await ask('/projections/customer-dashboard/verify', { method: 'POST' })).body.divergent).toEqual([]);
    const { status } = await ask('/projections/customer-dashboard/rollback', { method: 'POST' });
    expect([status, await live()]).toEqual([
      200,
      [
        { number: 1, revision: 2, state: 'live', standsStill: false, parked: 0 },
        { number: 2, revision: 2, state: 'previous', standsStill: false, parked: 0 },
      ],
    ]);
  });

  it.each([
    ['/projections/none/rebuild', 404, 'projection-not-found', 'customer-dashboard, order-page, sales-report'],
    ['/projections/none/rollback', 404, 'projection-not-found', 'customer-dashboard, order-page, sales-report'],
    ['/projections/order-page/rollback', 409, 'no-previous-generation', 'order-page has no previous generation'],
  ])('refuses %s', async (path, expected, code, detail) => {
    const { status, body } = await ask(path, { method: 'POST' });
    expect([status, body.code, body['detail']]).toEqual([expected, code, expect.stringContaining(detail)]);
  });

  describe('with an event that a fold cannot take', () => {
    const facts = { customerId: 'p', country: 'Malta', placedAt: '2011-02-03T10:00:00.000Z' };
    const row = { key: '2011-02-03', orders: 2, units: 12, gross: '30.60', returns: 0, refunded: '0.00' };
    const report = '/reports/sales?by=day&from=2011-02-03&to=2011-02-04';
    interface ParkedItem {
      readonly id: string;
      readonly document: string;
      readonly projection: string;
      readonly reason: string;
      readonly event: { readonly stream: string };
      readonly missed: readonly string[];
    }
    const parked = async (query = ''): Promise<readonly ParkedItem[]> =>
      (await ask(`/parked${query}`)).body.items as unknown as readonly ParkedItem[];
    const parkedAt = async (metrics = shop.url): Promise<string[]> =>
      (await (await fetch(`${metrics}/metrics`)).text())
        .split('\n')
        .filter((line) => /^ledgerline_projection_parked\{.*"sales-report".*"live"/.test(line))
        .map((line) => line.split(' ').at(-1) ?? '');
    const post = async (path: string, body?: object): Promise<Answer> => {
      const headers = { 'content-type': 'application/json', 'x-actor': 'ann' };
      const answer = await fetch(`${shop.url}${path}`, {
        method: 'POST',
        ...(body && { headers, body: JSON.stringify(body) }),
      });
      return { status: answer.status, position: null, body: (await answer.json()) as Answer['body'] };
    };
    const partitionOfOrder = (id: string): number => partitionOf(streamId('order', id), 2);
    /** Of the same partition as p1: what is parked because of that one misses it as well. */
    const healthy = ['q1', 'q2', 'q3', 'q4'].find((id) => partitionOfOrder(id) === partitionOfOrder('p1')) ?? '';
    /** The fold fails for this order from here on; the answer mends it. */
    const breakFor = (stream: string): (() => void) => {
      return breakFold(salesReport, ({ context }) => context.stream === stream, `cannot take ${stream}`);
    };

    it('parks the documents, goes on with others, and is whole after a retry', async () => {
      const mend = breakFor('order-p1');
      try {
        const bad = await shop.recordOrder('p1', orderCreated('p1', facts), orderConfirmed('p1', facts));
        await ask('/reports/sales?by=day', { min: bad });
        await eventually(async () => expect((await parked()).length).toBeGreaterThan(1));
        const min = await shop.recordOrder(healthy, orderCreated(healthy, facts), orderConfirmed(healthy, facts));
        await ask('/reports/sales?by=day', { min });
        const items = await parked('?projection=sales-report');
        for (const { projection, reason, event, missed } of items)
          expect([projection, reason, event.stream, missed]).toEqual([
            ...['sales-report', 'cannot take order-p1', 'order-p1', [min]],
          ]);
        expect(await parkedAt()).toEqual([String(items.length)]);
        const pages: string[] = [];
        for (let cursor = ''; ;) {
          const { body } = await ask(`/parked?limit=1${cursor}`);
          pages.push(...(body.items as unknown as readonly ParkedItem[]).map(({ id }) => id));
          if (body.next === undefined || pages.length > items.length) break;
          cursor = `&cursor=${body.next}`;
        }
        expect(pages).toEqual(items.map(({ id }) => id));
        const again = await post(`/parked/${items[0]?.id}/retry`);
        expect([again.status, again.body['parked']]).toEqual([
          200,
          items[0] && { ...items[0], since: expect.any(String) as string },
        ]);
      } finally {
        mend();
      }
      for (const { id } of await parked()) expect((await post(`/parked/${id}/retry`)).body).toEqual({ id });
      expect(await parked()).toEqual([]);
      expect((await ask(report)).body.rows).toEqual([row]);
      expect((await post('/projections/sales-report/verify')).body.divergent).toEqual([]);
      expect(await parkedAt()).toEqual(['0']);
    });

    it('goes on without an event that is discarded, which a replay leaves out as well', async () => {
      const mend = breakFor('order-p3');
      try {
        const min = await shop.recordOrder('p3', orderCreated('p3', facts), orderConfirmed('p3', facts));
        await ask('/reports/sales?by=day', { min });
        await eventually(async () => expect((await parked()).length).toBeGreaterThan(0));
        const reason = 'it was entered twice';
        for (const { id } of await parked()) {
          expect((await post(`/parked/${id}/discard`, { reason: ' ' })).body.errors?.[0]?.field).toBe('reason');
          for (let repeat = 0; repeat < 2; repeat += 1)
            expect((await post(`/parked/${id}/discard`, { reason })).body).toEqual({ id });
        }
        expect(await parked()).toEqual([]);
      } finally {
        mend();
      }
      expect((await ask(report)).body.rows).toEqual([row]);
      expect((await post('/projections/sales-report/verify')).body.divergent).toEqual([]);
      const { value } = (await shop.readModels.record('sales-report')) ?? {};
      expect(value?.['discards']).toContainEqual(
        expect.objectContaining({ actor: 'ann', reason: 'it was entered twice' }),
      );
    });

    it.each([
      'no-such-id',
      Buffer.from('["sales-report","sales-report-r1-g9","x","orders.events/0@2"]').toString('base64url'),
    ])('does not know the parked document %s', async (id) => {
      for (const [path, body] of [[`/parked/${id}/retry`], [`/parked/${id}/discard`, { reason: 'r' }]] as const)
        expect((await post(path, body)).body.code).toBe('parked-document-not-found');
    });

    it.each([
      ['?cursor=x', 400, 'cursor'],
      ['?limit=0', 400, 'limit'],
      ['?projection=none', 404, undefined],
    ])('refuses /parked%s', async (query, expected, field) => {
      const { status, body } = await ask(`/parked${query}`);
      expect([status, body.errors?.[0]?.field]).toEqual([expected, field]);
    });
  });

  it('describes itself', async () => {
    const { body } = await ask('/openapi.json');
    const paths = Object.keys(body['paths'] as object);
    expect(paths).toEqual(
      expect.arrayContaining([
        '/orders',
        '/orders/stream',
        '/orders/{id}',
        '/reports/sales',
        '/projections/{name}/verify',
      ]),
    );
  });
});

describe('the projection service before the other services have run', () => {
  beforeEach(() => {
    shop = new ShopInMemory();
  });
  afterEach(() => shop.close());

  const awaited = (topic: string, ...names: readonly string[]): string =>
    `${names.join(', ')} ${names.length > 1 ? 'wait' : 'waits'} for the topic ${topic}: `;
  const itemOf = async (name: string) => (await ask('/projections')).body.items.find((one) => one.name === name);

  it('answers what can be answered, and names the topic that holds up the rest', async () => {
    await shop.provision(orderEvents.topic);
    await (
      await shop.start()
    ).ready;
    const min = await shop.recordOrder('o1', orderCreated('o1', { customerId: 'c' }));
    expect((await ask('/customers/c/dashboard', { min })).body).toMatchObject({ ordersCount: 1 });
    expect((await ask('/reports/sales?by=day', { min })).status).toBe(200);
    for (const path of ['/orders', '/orders/o1', '/orders/o1/stream']) {
      const { status, body } = await ask(path);
      expect([status, body.code, body['retriable']]).toEqual([503, 'service-not-ready', true]);
      expect(body['detail']).toContain(awaited(paymentEvents.topic, 'order-page'));
    }
    expect(await itemOf('order-page')).toMatchObject({
      awaits: [paymentEvents.topic],
      partitions: [],
      generations: [],
    });
    expect(Object.keys((await itemOf('sales-report')) ?? {})).not.toContain('awaits');
    for (const path of ['/projections/order-page/verify', '/projections/order-page/rebuild'])
      expect((await ask(path, { method: 'POST' })).body.code).toBe('service-not-ready');
    await shop.provision(paymentEvents.topic);
    await eventually(async () => expect((await ask('/orders/o1')).status).toBe(200));
    expect(await itemOf('order-page')).toMatchObject({ partitions: [{}, {}, {}, {}] });
  });

  it('is not ready for half a minute, then ready and degraded, and both say which topic is awaited by whom', async () => {
    await shop.provision(orderEvents.topic);
    await (
      await shop.start()
    ).ready;
    const early = await ask('/health/ready');
    expect([early.status, early.body.code]).toEqual([503, 'service-not-ready']);
    expect(early.body['detail']).toContain(awaited(paymentEvents.topic, 'order-page'));
    shop.platform.moveClock(30_000);
    const { status, body } = await ask('/health/ready');
    const degraded = [expect.stringContaining(awaited(paymentEvents.topic, 'order-page')) as string];
    expect([status, body]).toMatchObject([200, { details: { service: { status: 'up', degraded } } }]);
    await shop.provision(paymentEvents.topic);
    await eventually(async () =>
      expect((await ask('/health/ready')).body).toMatchObject({ details: { service: { status: 'up' } } }),
    );
    await eventually(async () => expect(JSON.stringify((await ask('/health/ready')).body)).not.toContain('degraded'));
  });

  it('is ready as soon as the last topic is there', async () => {
    await (
      await shop.start()
    ).ready;
    expect((await ask('/health/live')).status).toBe(200);
    const { status, body } = await ask('/health/ready');
    expect([status, body['detail']]).toEqual([
      ...[503, expect.stringContaining(awaited(orderEvents.topic, 'customer-dashboard', 'order-page', 'sales-report'))],
    ]);
    expect((await ask('/orders')).body.code).toBe('service-not-ready');
    await shop.provision();
    await eventually(async () => expect((await ask('/health/ready')).status).toBe(200));
    expect((await ask('/orders')).status).toBe(200);
  });

  it('ends in good order although a topic has never been there', async () => {
    await shop.provision(orderEvents.topic);
    const { ready, close } = await shop.start();
    await ready;
    await close();
  });
});

describe('the projection service whose store is out of reach', () => {
  beforeEach(async () => {
    shop = new ShopInMemory();
    await shop.provision();
  });

  afterEach(() => shop.close());

  it('is alive and not ready at the start, and becomes so by itself', async () => {
    shop.storeAnswers = false;
    const { ready } = await shop.start();
    expect((await ask('/health/live')).status).toBe(200);
    expect((await ask('/health/ready')).status).toBe(503);
    expect((await ask('/orders')).body.code).toBe('service-not-ready');
    shop.storeAnswers = true;
    await ready;
    expect((await ask('/health/ready')).status).toBe(200);
  });

  it('ends in good order although it has never been there', async () => {
    shop.storeAnswers = false;
    const { ready, close } = await shop.start();
    await close();
    await ready;
  });

  it('answers queries with 503 later, and loses nothing that was recorded meanwhile', async () => {
    await (
      await shop.start()
    ).ready;
    await ask('/orders/e1', { min: await shop.recordOrder('e1', orderCreated('e1')) });
    shop.storeAnswers = false;
    const min = await shop.recordOrder('e2', orderCreated('e2'));
    expect(await ask('/orders/e1')).toMatchObject({
      ...{ status: 503, body: { code: 'read-models-unavailable', retriable: true } },
    });
    shop.storeAnswers = true;
    expect((await ask('/orders/e2', { min })).status).toBe(200);
    expect(ids(await ask('/orders'))).toEqual(['e1', 'e2']);
  });

  it('is not ready while it is out of reach later, which is said, and is again by itself', async () => {
    await (
      await shop.start()
    ).ready;
    shop.storeAnswers = false;
    await eventually(async () =>
      expect(await ask('/health/ready')).toMatchObject({
        ...{ status: 503, body: { code: 'read-models-unavailable', retriable: true } },
      }),
    );
    expect((await ask('/health/live')).status).toBe(200);
    shop.storeAnswers = true;
    await eventually(async () => expect((await ask('/health/ready')).status).toBe(200));
  });

  it('answers its metrics, says that the store is gone, and nothing that it cannot know then', async () => {
    await (
      await shop.start()
    ).ready;
    const metrics = async (): Promise<string> => {
      const answer = await fetch(`${shop.url}/metrics`);
      expect(answer.status).toBe(200);
      return answer.text();
    };
    const [unknown, known] = [/^ledgerline_projection_(lag|parked)\{/m, /^ledgerline_projection_ordinal\{/m];
    const up = (value: number): RegExp => new RegExp(`^ledgerline_read_model_store_up(\\{.*\\})? ${value}$`, 'm');
    expect(await metrics()).toMatch(up(1));
    expect(await metrics()).toMatch(unknown);
    shop.storeAnswers = false;
    expect(await metrics()).not.toMatch(unknown);
    await eventually(async () => expect(await metrics()).toMatch(up(0)));
    const missing = await metrics();
    expect(missing).not.toMatch(unknown);
    expect(missing).toMatch(known);
    shop.storeAnswers = true;
    await eventually(async () => expect(await metrics()).toMatch(up(1)));
    expect(await metrics()).toMatch(unknown);
  });

  it('answers its metrics although it has never been there', async () => {
    shop.storeAnswers = false;
    await shop.start();
    const answer = await fetch(`${shop.url}/metrics`);
    expect([answer.status, await answer.text()]).toEqual([
      200,
      expect.stringMatching(/^ledgerline_read_model_store_up(\{.*\})? 0$/m),
    ]);
  });
});

describe('the projection service that meets a document that cannot be read', () => {
  it.each([
    ['/reports/sales?by=country', 'sales-report', { gross: 'x' }],
    ['/customers/c/dashboard', 'customer-dashboard', { money: 'x' }],
  ])('names it where %s cannot show what somebody wrote into it', async (path, name, written) => {
    shop = new ShopInMemory();
    try {
      await shop.provision();
      const service = await shop.start();
      await service.ready;
      const min = await shop.recordOrder(
        'o1',
        orderCreated('o1', { customerId: 'c' }),
        orderConfirmed('o1', { customerId: 'c' }),
      );
      expect((await ask(path, { min })).status).toBe(200);
      const collection = await shop.collectionOf(name);
      const filter: Filter = name === 'sales-report' ? { by: 'country', day: null } : {};
      const [found] = await shop.readModels.find(collection, { filter });
      if (!found) throw new Error('it was there a moment ago');
      const { id, revision, document } = found;
      await shop.readModels.write(collection, [
        { ...found, document: { ...document, ...written }, expectedRevision: revision },
      ]);
      const { status, body } = await ask(path);
      expect([status, body.code, body['detail']]).toEqual([
        ...[500, 'unreadable', `the document ${id} of ${collection} cannot be read`],
      ]);
    } finally {
      await shop.close();
    }
  });

  it('says at level error that a partition stops for good, and at level warn what passes by itself', async () => {
    const said: LogFacts[] = [];
    const none = (): void => undefined;
    const at =
      (level: string): Log['warn'] =>
      (event, { code } = {}) =>
        void said.push({ level, event, code });
    const store = memoryReadModelStore();
    shop = new ShopInMemory(store);
    try {
      await shop.provision();
      const service = await shop.start({ log: { debug: none, info: none, warn: at('warn'), error: at('error') } });
      await service.ready;
      const load = store.load.bind(store);
      const failing = jest.spyOn(store, 'load').mockRejectedValue(new ReadModelsUnavailable('the database is down'));
      const min = await shop.recordOrder('o1', orderCreated('o1'));
      const trouble = { level: 'warn', event: 'projection-trouble', code: 'read-models-unavailable' };
      await eventually(() => expect(said).toContainEqual(trouble));
      failing.mockImplementation(load);
      expect((await ask('/orders/o1', { min })).status).toBe(200);
      expect(said.filter(({ level }) => level === 'error')).toEqual([]);
      failing.mockImplementation((collection, ids) =>
        ids.includes('o2') ? Promise.reject(new Unreadable(`the document o2 of ${collection}`)) : load(collection, ids),
      );
      await shop.recordOrder('o2', orderCreated('o2'));
      await eventually(() =>
        expect(said.at(-1)).toEqual({ level: 'error', event: 'projection-trouble', code: 'unreadable' }),
      );
    } finally {
      await shop.close();
    }
  });
});
