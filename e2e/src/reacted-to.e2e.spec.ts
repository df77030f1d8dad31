import { randomUUID } from 'node:crypto';
import { Buyer, Shop } from './index.js';

const ROUNDS = 30;

describe('a client that waits for what follows from its answers', () => {
  let shop: Shop;
  let buyer: Buyer;

  beforeAll(async () => {
    shop = await Shop.open();
    buyer = new Buyer(shop);
  });
  afterAll(() => shop?.close());

  it('sees its order paid and confirmed, without asking twice', async () => {
    for (let round = 0; round < ROUNDS; round += 1) {
      const id = randomUUID().slice(0, 8);
      const placed = await buyer.order(id);
      const paid = await buyer.pay(id, placed);
      expect([paid.status, paid.body]).toMatchObject([200, { status: 'processed' }]);
      const order = await buyer.state(shop.orders, `orders/${id}`, paid);
      expect([order.status, order.body]).toMatchObject([200, { status: 'confirmed' }]);
      const page = await buyer.page(id, paid, order);
      expect(page.body).toMatchObject({ status: 'confirmed', payment: { status: 'processed' } });
    }
  });

  it('goes on from what a service did by itself, hop by hop', async () => {
    for (let round = 0; round < ROUNDS; round += 1) {
      const id = randomUUID().slice(0, 8);
      const attempted = await buyer.attempt(id, await buyer.order(id), 'tok_ok');
      const payment = await buyer.state(shop.payments, `payments/${id}`, attempted);
      expect([payment.status, payment.body]).toMatchObject([200, { status: 'processed' }]);
      const order = await buyer.state(shop.orders, `orders/${id}`, payment);
      expect((await buyer.page(id, order)).body).toMatchObject({ status: 'confirmed' });
    }
  });

  it('is told where that takes too long, or nobody reacts to it', async () => {
    const id = randomUUID().slice(0, 8);
    const placed = await buyer.order(id);
    const ahead = await buyer.state(shop.payments, `payments/${id}`, 'orders.events/0@999999');
    expect([ahead.status, ahead.body]).toMatchObject([504, { code: 'not-reacted-yet', retriable: true }]);
    for (const [url, path, position, rule] of [
      [shop.orders, `orders/${id}`, 'somewhere', 'must be positions as answers give them'],
      [
        shop.orders,
        `orders/${id}`,
        'sales.events/0@1',
        'must be in a partition whose messages this service reacts to, not in sales.events/0',
      ],
      [
        shop.payments,
        `payments/${id}`,
        'orders.events/99@1',
        'must be in a partition whose messages this service reacts to, not in orders.events/99',
      ],
      [
        shop.projections,
        `orders/${id}`,
        placed.header('x-position') ?? '',
        'must be in a partition whose messages this service reacts to',
      ],
    ] as const) {
      const { status, body } = await buyer.state(url, path, position);
      expect([status, body]).toMatchObject([
        400,
        { errors: [{ field: 'X-Reacted-To', rule: expect.stringContaining(rule) }] },
      ]);
    }
  });
});
