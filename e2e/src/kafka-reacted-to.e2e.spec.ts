import { randomUUID } from 'node:crypto';
import { eventually } from '@ledgerline/es-testing';
import { describeWithBroker } from '@ledgerline/local-servers';
import { ask, Buyer, type Desks, Instance, isForeign, preferredAt, Shop } from './index.js';

const ROUNDS = 24;

/** Of what is asked at one instance, the other one does about half. */
(isForeign ? describe.skip : describeWithBroker)('a client that waits at two instances of each service', () => {
  let shop: Shop;
  let orders: Instance;
  let payments: Instance;

  beforeAll(async () => {
    shop = await Shop.open({ INSTANCE_SECRET: `${randomUUID()}${randomUUID()}` });
    const more = { GATEWAY_DIR: `${shop.dataDirectory}/gateway` };
    orders = await Instance.start(shop, 'order-service', more);
    payments = await Instance.start(shop, 'payment-service', more);
    for (const urls of [
      [shop.orders, orders.url],
      [shop.payments, payments.url],
    ])
      await eventually(
        async () => {
          const held = await Promise.all(urls.map(preferredAt));
          expect(held.map(({ length }) => length)).toEqual([2, 2]);
        },
        { timeoutMs: 30_000, everyMs: 50 },
      );
  }, 120_000);
  afterAll(async () => {
    await orders?.close();
    await payments?.close();
    await shop?.close();
  });

  /** At one instance of each, then at the other, in all ways. */
  const desks = (round: number): Desks => ({
    orders: round % 2 === 0 ? shop.orders : orders.url,
    payments: round % 4 < 2 ? shop.payments : payments.url,
    projections: shop.projections,
  });

  it('sees its order confirmed, wherever the reactions are done', async () => {
    for (let round = 0; round < ROUNDS; round += 1) {
      const id = randomUUID().slice(0, 8);
      const buyer = new Buyer(desks(round));
      const attempted = await buyer.attempt(id, await buyer.order(id), 'tok_ok');
      const other = desks(round + 3);
      const payment = await buyer.state(other.payments, `payments/${id}`, attempted);
      expect([payment.status, payment.body]).toMatchObject([200, { status: 'processed' }]);
      const order = await buyer.state(other.orders, `orders/${id}`, payment);
      expect([order.status, order.body]).toMatchObject([200, { status: 'confirmed' }]);
      expect((await buyer.page(id, payment, order)).body).toMatchObject({
        ...{ status: 'confirmed', payment: { status: 'processed' } },
      });
    }
  }, 120_000);

  it('waits for whoever goes on where the one that reacted was killed', async () => {
    const id = randomUUID().slice(0, 8);
    const buyer = new Buyer(desks(0));
    const attempted = await buyer.attempt(id, await buyer.order(id), 'tok_slow');
    await payments.kill();
    // Until the group has missed it, nobody does its share.
    await eventually(
      async () => {
        const payment = await buyer.state(shop.payments, `payments/${id}`, attempted);
        if (payment.status !== 200) expect(payment.body).toMatchObject({ code: 'not-reacted-yet' });
        expect([payment.status, payment.body]).toMatchObject([200, { status: 'processed' }]);
      },
      { timeoutMs: 40_000 },
    );
    expect((await ask(`GET ${shop.payments}/health/ready`)).status).toBe(200);
  }, 120_000);
});
