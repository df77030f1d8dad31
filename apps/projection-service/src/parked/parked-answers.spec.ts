import { jest } from '@jest/globals';
import type { DomainEvent, JsonObject, Projection } from '@ledgerline/es-core';
import type { RunningService } from '@ledgerline/es-nest';
import { type Answer, sendTo } from '@ledgerline/es-testing';
import { customerDashboard } from '../customer-dashboard/customer-dashboard.projection.js';
import { FollowedStream } from '../fixtures/followed-stream.js';
import { orderConfirmed, orderCreated } from '../fixtures/order-events.js';
import { ShopInMemory } from '../fixtures/shop-in-memory.js';
import { orderPage } from '../order-page/order-page.projection.js';
import { ReadModels } from '../read-models/read-models.js';
import { salesReport } from '../sales-report/sales-report.projection.js';

const facts = { customerId: 'ada' };

describe('what is answered of parked documents', () => {
  let shop: ShopInMemory;
  let service: RunningService;
  const clients: FollowedStream[] = [];

  beforeEach(async () => {
    shop = new ShopInMemory();
    await shop.provision();
    service = await shop.start();
    await service.ready;
  });
  afterEach(async () => {
    jest.restoreAllMocks();
    for (const client of clients.splice(0)) client.leave();
    await shop.close();
  });

  const send = sendTo(() => shop.url);
  const seeing = (path: string, min: string): Promise<Answer> =>
    send('GET', path, undefined, { 'x-min-position': min });

  /** The projection cannot take events of the type from here on. */
  const breakAt = <E extends DomainEvent, D extends JsonObject>(projection: Projection<E, D>, type: string): void => {
    const { project } = projection;
    jest.spyOn(projection, 'project').mockImplementation((document, event, id) => {
      if (event.type === type) throw new Error(`cannot take ${type}`);
      return project(document, event, id);
    });
  };
  const mend = async (): Promise<void> => {
    jest.restoreAllMocks();
    for (const { generations } of service.app.get(ReadModels).all)
      for (const { id } of await shop.readModels.parked(generations.folded[0] ?? '', { limit: 100 }))
        await generations.retry(generations.folded[0] ?? '', id);
  };

  it('is what they were, and that they are', async () => {
    breakAt(orderPage, 'OrderConfirmed');
    const well = await shop.recordOrder('o2', orderCreated('o2', facts));
    const min = await shop.recordOrder('o1', orderCreated('o1', facts), orderConfirmed('o1', facts));
    expect((await seeing('/orders/o1', min)).json).toMatchObject({ status: 'created', parked: true });
    expect((await seeing('/orders/o2', well)).json['parked']).toBeUndefined();
    const { json: list } = await seeing('/orders?sort=placedAt', min);
    expect(list).toMatchObject({ parked: true });
    expect((list['items'] as object[]).map((item) => ({ ...item }))).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ orderId: 'o1', parked: true }),
        expect.not.objectContaining({ parked: true }),
      ]),
    );
    await mend();
    expect((await seeing('/orders/o1', min)).json).toMatchObject({ status: 'confirmed' });
    for (const path of ['/orders/o1', '/orders'])
      expect(Object.keys((await seeing(path, min)).json)).not.toContain('parked');
  });

  it('is a problem of its own where they had come to nothing yet', async () => {
    breakAt(orderPage, 'OrderCreated');
    const min = await shop.recordOrder('o1', orderCreated('o1', facts));
    for (const path of ['/orders/o1', '/orders/o1/stream']) {
      const { status, headers, json } = await seeing(path, min);
      expect([status, headers.get('retry-after'), headers.get('x-position')]).toEqual([
        ...[503, '1', expect.stringContaining(min)],
      ]);
      expect(json).toMatchObject({ code: 'document-parked', retriable: true });
      expect(json['detail']).toContain('GET /parked');
    }
    expect((await seeing('/orders', min)).json).toEqual({ items: [], parked: true });
    expect((await seeing('/orders/nobody', min)).json).toMatchObject({ status: 404, code: 'order-not-found' });
    await mend();
    expect((await seeing('/orders/o1', min)).status).toBe(200);
  });

  it('is the same in a dashboard and a report', async () => {
    for (const projection of [customerDashboard, salesReport])
      breakAt(projection as Projection<DomainEvent, JsonObject>, 'OrderConfirmed');
    const min = await shop.recordOrder('o1', orderCreated('o1', facts), orderConfirmed('o1', facts));
    expect((await seeing('/customers/ada/dashboard', min)).json).toMatchObject({ spent: '0.00', parked: true });
    expect((await seeing('/reports/sales?by=customer', min)).json).toEqual({ rows: [], parked: true });
    await mend();
    expect((await seeing('/reports/sales?by=customer', min)).json).toEqual({ rows: [expect.anything()] });
  });

  it.each([
    ['/orders/o1/stream', { status: 'created' }, { status: 'confirmed' }],
    ['/orders/stream', { items: [{ status: 'created' }] }, { items: [{ status: 'confirmed' }] }],
  ])('is told in a stream as well, when that changes: %s', async (path, before, after) => {
    breakAt(orderPage, 'OrderConfirmed');
    const min = await shop.recordOrder('o1', orderCreated('o1', facts));
    const stream = await FollowedStream.open(`${shop.url}${path}`, { 'x-min-position': min });
    clients.push(stream);
    const first = await stream.next();
    expect(first).toMatchObject({ data: before });
    expect(Object.keys(first?.data ?? {})).not.toContain('parked');
    await shop.recordOrder('o1', orderConfirmed('o1', facts));
    expect(await stream.next()).toMatchObject({ data: { ...before, parked: true } });
    await mend();
    const last = await stream.next();
    expect(last).toMatchObject({ data: after });
    expect(JSON.stringify(last)).not.toContain('parked');
  });
});
