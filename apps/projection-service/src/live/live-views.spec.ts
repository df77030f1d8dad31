import { jest } from '@jest/globals';
import type { RunningService } from '@ledgerline/es-nest';
import { eventually } from '@ledgerline/es-testing';
import { FollowedStream } from '../fixtures/followed-stream.js';
import { orderConfirmed, orderCreated, ordered, paymentRequested } from '../fixtures/order-events.js';
import { ShopInMemory } from '../fixtures/shop-in-memory.js';
import { ReadModels } from '../read-models/read-models.js';
import { salesReport } from '../sales-report/sales-report.projection.js';
import { LiveViews } from './live-views.js';

let shop: ShopInMemory;
let service: RunningService;
const clients: FollowedStream[] = [];

const follow = async (path: string, headers: Readonly<Record<string, string>> = {}): Promise<FollowedStream> => {
  const client = await FollowedStream.open(`${shop.url}${path}`, headers);
  clients.push(client);
  return client;
};

const listeners = (): number =>
  service.app.get(ReadModels).all.reduce((sum, { news }) => sum + news.listenerCount('applied'), 0);

const nothingOpen = async (): Promise<void> => {
  await eventually(() => expect([service.app.get(LiveViews).open, listeners()]).toEqual([0, 0]));
};

/** Makes the order page say something else, at the positions that it has seen. */
const cancelUnseen = async (id: string): Promise<void> => {
  const { collection } = service.app.get(ReadModels).orderPage;
  const good = (await shop.readModels.load(collection, [id])).get(id);
  if (!good?.document) throw new Error('it was there a moment ago');
  const document = { ...good.document, order: { ...ordered(id), status: 'cancelled' } };
  await shop.readModels.write(collection, [{ ...good, document, expectedRevision: good.revision }]);
};

const started = async (env: Readonly<Record<string, string>> = {}): Promise<void> => {
  shop = new ShopInMemory();
  await shop.provision();
  service = await shop.start({ env });
  await service.ready;
};

afterEach(async () => {
  jest.restoreAllMocks();
  for (const client of clients.splice(0)) client.leave();
  await shop.close();
});

describe('a stream of a view', () => {
  beforeEach(() => started({ MAX_STREAMS: '3' }));

  it('is the state, then each change, each with the position that it has seen', async () => {
    const created = await shop.recordOrder('o1', orderCreated('o1'));
    const stream = await follow('/orders/o1/stream', { 'x-min-position': created });
    expect(stream.answer.headers.get('content-type')).toMatch(/^text\/event-stream/);
    const first = await stream.next();
    expect(first).toMatchObject({ data: { orderId: 'o1', status: 'created' } });
    expect(first?.id.split(', ')).toContain(created);
    await shop.recordPayment('o1', paymentRequested('o1'));
    expect(await stream.next()).toMatchObject({ data: { status: 'created', payment: { status: 'requested' } } });
    const confirmed = await shop.recordOrder('o1', orderConfirmed('o1'));
    const last = await stream.next();
    expect(last).toMatchObject({ data: { status: 'confirmed' } });
    expect(last?.id.split(', ')).toContain(confirmed);
  });

  it('says nothing of what changes elsewhere', async () => {
    const min = await shop.recordOrder('o1', orderCreated('o1'));
    const stream = await follow('/orders/o1/stream', { 'x-min-position': min });
    await stream.next();
    const other = await shop.recordOrder('o2', orderCreated('o2'));
    await fetch(`${shop.url}/orders/o2`, { headers: { 'x-min-position': other } });
    await shop.recordOrder('o1', orderConfirmed('o1'));
    expect(await stream.next()).toMatchObject({ data: { orderId: 'o1', status: 'confirmed' } });
  });

  it.each([
    ['/customers/u1/dashboard/stream', { ordersCount: 1 }, { ordersCount: 1, spent: '15.30' }],
    ['/reports/sales/stream?by=customer', { rows: [] }, { rows: [{ key: 'u1', gross: '15.30' }] }],
    ['/orders/stream?limit=1', { items: [{ status: 'created' }] }, { items: [{ status: 'confirmed' }] }],
    ['/projections/stream', { items: [{}, {}, {}] }, { items: [{}, {}, {}] }],
  ])('is there for %s', async (path, before, after) => {
    const min = await shop.recordOrder('o1', orderCreated('o1', { customerId: 'u1' }));
    const stream = await follow(path, { 'x-min-position': min });
    expect(await stream.next()).toMatchObject({ data: before });
    await shop.recordOrder('o1', orderConfirmed('o1', { customerId: 'u1' }));
    expect(await stream.next()).toMatchObject({ data: after });
  });

  it('shows a page of orders as the query does, with an order that comes in', async () => {
    const facts = { customerId: 'lists' };
    await shop.recordOrder('l1', orderCreated('l1', { ...facts, placedAt: '2010-12-01T08:00:00.000Z' }));
    const min = await shop.recordOrder('l2', orderCreated('l2', { ...facts, placedAt: '2010-12-02T08:00:00.000Z' }));
    const query = '?customerId=lists&sort=placedAt&limit=1';
    const page = await fetch(`${shop.url}/orders${query}`, { headers: { 'x-min-position': min } });
    const { next } = (await page.json()) as { next: string };
    const stream = await follow(`/orders/stream${query.replace('1', '2')}&cursor=${next}`, { 'x-min-position': min });
    expect((await stream.next())?.data).toMatchObject({ items: [{ orderId: 'l2' }] });
    await shop.recordOrder('l3', orderCreated('l3', { ...facts, placedAt: '2010-12-03T08:00:00.000Z' }));
    expect((await stream.next())?.data).toMatchObject({ items: [{ orderId: 'l2' }, { orderId: 'l3' }] });
  });

  it('goes on where the client was: with what has changed since, and with nothing else', async () => {
    const created = await shop.recordOrder('o1', orderCreated('o1'));
    const first = await follow('/orders/o1/stream', { 'x-min-position': created });
    const seen = (await first.next())?.id ?? '';
    first.leave();
    const unchanged = await follow('/orders/o1/stream', { 'last-event-id': seen });
    await shop.recordOrder('o1', orderConfirmed('o1'));
    expect(await unchanged.next()).toMatchObject({ data: { status: 'confirmed' } });
    const changed = await follow('/orders/o1/stream', { 'last-event-id': seen });
    expect(await changed.next()).toMatchObject({ data: { status: 'confirmed' } });
  });

  it('sends what changes often as it is then, at most ten times a second', async () => {
    const customerId = 'busy';
    const min = await shop.recordOrder('b0', orderCreated('b0', { customerId }));
    const stream = await follow('/customers/busy/dashboard/stream', { 'x-min-position': min });
    const began = performance.now();
    for (let n = 1; n <= 100; n += 1) await shop.recordOrder(`b${n}`, orderCreated(`b${n}`, { customerId }));
    let events = 0;
    for (let count: unknown = 0; count !== 101; events += 1) count = (await stream.next())?.data['ordersCount'];
    expect(events).toBeLessThanOrEqual((performance.now() - began) / 100 + 2);
  });

  it.each([
    ['/orders/none/stream', {}, 404, 'order-not-found'],
    ['/orders/none/stream?nope=1', {}, 400, 'validation-failed'],
    ['/reports/sales/stream?by=week', {}, 400, 'validation-failed'],
    ['/orders/stream?status=lost', {}, 400, 'validation-failed'],
  ])('is refused before it starts: %s %j', async (path, headers, status, code) => {
    const answer = await fetch(`${shop.url}${path}`, { headers: headers as Record<string, string> });
    expect(answer.headers.get('content-type')).toBe('application/problem+json');
    expect([answer.status, ((await answer.json()) as { code: string }).code]).toEqual([status, code]);
    await nothingOpen();
  });

  it.each([
    ['is junk', 'yesterday'],
    ['is nothing', ''],
    ['has the form of an id only', 'yesterday, #AAAAAAAAAAAA'],
    ['is ahead of the log', 'orders.events/0@999999, #AAAAAAAAAAAA'],
    ['is of a partition that is gone', 'orders.events/99@3, payments.events/0@1, #AAAAAAAAAAAA'],
    ['is of another log', 'parcels.events/0@3, #AAAAAAAAAAAA'],
  ])(
    'begins with the state where what the client saw last %s, for a refusal would be the end to a browser',
    async (_, id) => {
      const min = await shop.recordOrder('o1', orderCreated('o1'));
      const stream = await follow('/orders/o1/stream', { 'x-min-position': min, 'last-event-id': id });
      expect(stream.answer.status).toBe(200);
      const first = await stream.next();
      expect(first).toMatchObject({ data: { orderId: 'o1', status: 'created' } });
      expect(first?.id.split(', ')).toContain(min);
      await shop.recordOrder('o1', orderConfirmed('o1'));
      expect(await stream.next()).toMatchObject({ data: { status: 'confirmed' } });
    },
  );

  it('is one of so many', async () => {
    const open = await Promise.all([1, 2, 3].map(() => follow('/projections/stream')));
    const refused = await fetch(`${shop.url}/projections/stream`);
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '1']);
    expect(await refused.json()).toMatchObject({ code: 'too-many-streams', retriable: true });
    open[0]?.leave();
    await eventually(async () => expect((await follow('/projections/stream')).answer.status).toBe(200));
  });

  it('leaves nothing behind when its client goes, or wants its headers only', async () => {
    const min = await shop.recordOrder('o1', orderCreated('o1'));
    const streams = await Promise.all([1, 2].map(() => follow('/orders/o1/stream', { 'x-min-position': min })));
    expect([service.app.get(LiveViews).open, listeners()]).toEqual([2, 1]);
    for (const stream of streams) stream.leave();
    await nothingOpen();
    const head = await fetch(`${shop.url}/orders/o1/stream`, { method: 'HEAD' });
    expect([head.status, head.headers.get('x-position')]).toEqual([200, expect.stringContaining(min)]);
    await nothingOpen();
  });

  it('ends when its view cannot be read any more', async () => {
    const min = await shop.recordOrder('o1', orderCreated('o1'));
    const stream = await follow('/orders/o1/stream', { 'x-min-position': min });
    await stream.next();
    const load = shop.readModels.load.bind(shop.readModels);
    let failing = true;
    shop.readModels.load = (...args) => (failing ? Promise.reject(new Error('the disk is gone')) : load(...args));
    service.app.get(ReadModels).orderPage.news.emit('applied');
    expect(await stream.next()).toBeUndefined();
    failing = false;
    await nothingOpen();
  });

  it('shows what another generation says, once that one answers', async () => {
    const min = await shop.recordOrder('o1', orderCreated('o1'));
    const stream = await follow('/orders/o1/stream', { 'x-min-position': min });
    await stream.next();
    const { orderPage } = service.app.get(ReadModels);
    const { collection } = orderPage;
    await cancelUnseen('o1');
    const other = await shop.recordOrder('o2', orderCreated('o2'));
    expect(await stream.next()).toMatchObject({ data: { status: 'cancelled' } });
    await orderPage.generations.rebuild();
    const made = await stream.next();
    expect(made).toMatchObject({ data: { status: 'created' } });
    expect(made?.id.split(', ')).toContain(other);
    expect(orderPage.collection).not.toBe(collection);
  });

  it('goes on where the client was also with what is new at the same positions', async () => {
    const min = await shop.recordOrder('o1', orderCreated('o1'));
    const first = await follow('/orders/o1/stream', { 'x-min-position': min });
    const seen = (await first.next())?.id ?? '';
    first.leave();
    await cancelUnseen('o1');
    const again = await follow('/orders/o1/stream', { 'last-event-id': seen });
    expect(await again.next()).toMatchObject({ data: { status: 'cancelled' } });
  });

  it.each([
    ['is ahead of the log', 'orders.events/0@999999'],
    ['is of a partition that is gone', 'orders.events/99@3'],
    ['is none', 'yesterday'],
  ])(
    'begins with the state, and with an id of this log, where the same state was seen under one that %s',
    async (_, other) => {
      const min = await shop.recordOrder('o1', orderCreated('o1'));
      const first = await follow('/orders/o1/stream', { 'x-min-position': min });
      const seen = await first.next();
      first.leave();
      const [, hash = ''] = (seen?.id ?? '').split('#');
      const stream = await follow('/orders/o1/stream', { 'last-event-id': `${other}, #${hash}` });
      await shop.recordOrder('o1', orderConfirmed('o1'));
      const again = await stream.next();
      expect(again).toMatchObject({ data: { status: 'created' } });
      expect(again?.id).toBe(seen?.id);
    },
  );

  it('begins with the state where the client only says positions, as ids were before they had a hash', async () => {
    const min = await shop.recordOrder('o1', orderCreated('o1'));
    const stream = await follow('/orders/o1/stream', { 'last-event-id': min });
    expect(await stream.next()).toMatchObject({ data: { status: 'created' } });
  });

  it('shows what is new although nothing was applied: after a retry, and a generation that is filling', async () => {
    const { project } = salesReport;
    const broken = jest.spyOn(salesReport, 'project').mockImplementation((document, event, id) => {
      if (event.context.stream === 'order-p1') throw new Error('cannot take order-p1');
      return project(document, event, id);
    });
    const customerId = 'p';
    const min = await shop.recordOrder('p1', orderCreated('p1', { customerId }), orderConfirmed('p1', { customerId }));
    const report = await follow('/reports/sales/stream?by=customer', { 'x-min-position': min });
    expect(await report.next()).toMatchObject({ data: { rows: [] } });
    broken.mockRestore();
    const generations = service.app.get(ReadModels).salesReport.generations;
    for (const { id } of await shop.readModels.parked(generations.collection, { limit: 100 }))
      await generations.retry(generations.collection, id);
    expect(await report.next()).toMatchObject({ data: { rows: [{ key: 'p', gross: '15.30' }] } });
    const status = await follow('/projections/stream');
    const states = async (): Promise<unknown> =>
      ((await status.next())?.data as { items: { generations: { state: string }[] }[] }).items.flatMap(
        ({ generations: all }) => all.map(({ state }) => state),
      );
    expect(await states()).toEqual(['live', 'live', 'live']);
    jest.spyOn(salesReport, 'project').mockImplementation(() => {
      throw new Error('cannot take anything');
    });
    await generations.rebuild();
    await eventually(async () => expect(await states()).toEqual(['live', 'live', 'live', 'filling']));
  });

  it('ends with the service', async () => {
    const min = await shop.recordOrder('o1', orderCreated('o1'));
    const stream = await follow('/orders/o1/stream', { 'x-min-position': min });
    await stream.next();
    const began = performance.now();
    const closed = shop.close();
    expect(await stream.next()).toBeUndefined();
    await closed;
    expect(performance.now() - began).toBeLessThan(4_000);
  });
});
