import { eventually } from '@ledgerline/es-testing';
import { ask, isForeign, Shop } from './index.js';

// Services that are not ours have an expiry of their own.
(isForeign ? describe.skip : describe)('an order that nobody pays', () => {
  let shop: Shop;

  beforeAll(async () => {
    shop = await Shop.open({ PAYMENT_EXPIRES_AFTER_S: '1' });
  });
  afterAll(() => shop?.close());

  it('is cancelled when its time is over, also when the service was not running then', async () => {
    const unitPrice = { amount: '2.55', currency: 'GBP' };
    await ask(`POST ${shop.orders}/carts/late/items`, { body: { sku: '85123A', quantity: 1, unitPrice } });
    await ask(`POST ${shop.orders}/orders`, { body: { orderId: 'late', cartId: 'late', customerId: 'late' } });
    await eventually(async () => expect((await ask(`GET ${shop.payments}/payments/late`)).status).toBe(200));
    await shop.kill('payment-service');
    await shop.start(['payment-service']);
    await eventually(
      async () => {
        const { body } = await ask(`GET ${shop.projections}/orders/late`);
        expect(body).toMatchObject({ status: 'cancelled', payment: { status: 'expired' } });
      },
      { everyMs: 50 },
    );
    const late = await ask(`POST ${shop.payments}/payments/late/process`, { body: { method: 'tok_ok' } });
    expect([late.status, late.body['code']]).toEqual([409, 'payment-expired']);
  });
});
