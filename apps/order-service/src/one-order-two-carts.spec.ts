import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually } from '@ledgerline/es-testing';
import { RunningOrderService } from './fixtures/running-order-service.js';

const item = { sku: '85123A', quantity: 6, unitPrice: { amount: '2.55', currency: 'GBP' } };
const lines = [{ lineId: '1', ...item, unitPrice: '2.55', amount: '15.30' }];

describe('two carts that are checked out into one order at the same time', () => {
  const service = new RunningOrderService();
  const { send } = service;

  beforeAll(() => service.start());
  afterAll(() => service.end());

  const place = (cartId: string, orderId: string) =>
    send('POST', '/orders', { cartId, orderId, customerId: '17850' }, { 'Idempotency-Key': `place-${cartId}` });
  const checkOut = (cartId: string, orderId: string) =>
    JSON.stringify({
      ...{ id: `place-${cartId}`, type: 'CheckOutCart', stream: `cart-${cartId}` },
      data: { orderId, customerId: '17850' },
    });
  /** Which of the two lost; its cart is open again with its lines, and the other one's order is the only one. */
  const loserOf = async (carts: readonly string[], orderId: string): Promise<string> => {
    const winner = await eventually(async () => {
      const { status, json } = await send('GET', `/orders/${orderId}`);
      expect(status).toBe(200);
      return String(json['cartId']);
    });
    const [loser = '', ...others] = carts.filter((cart) => cart !== winner);
    expect(others).toEqual([]);
    await eventually(async () =>
      expect((await send('GET', `/carts/${loser}`)).json).toEqual({
        ...{ cartId: loser, status: 'open', currency: 'GBP', lines, total: '15.30' },
      }),
    );
    expect((await send('GET', `/carts/${winner}`)).json).toMatchObject({ status: 'checked-out', orderId });
    const { items } = (await send('GET', `/streams/order-${orderId}/events`)).json as { items: { type: string }[] };
    expect(items.map(({ type }) => type)).toEqual(['OrderCreated']);
    return loser;
  };

  it('become one order and an open cart, by two requests', async () => {
    for (const n of Array.from({ length: 10 }, (_, i) => i)) {
      const carts = [`a${n}`, `b${n}`];
      for (const cart of carts) await send('POST', `/carts/${cart}/items`, item);
      const answers = await Promise.all(carts.map((cart) => place(cart, `o${n}`)));
      expect(answers.map(({ status }) => status).sort()).toEqual([201, 409]);
      expect(answers.find(({ status }) => status === 409)?.json['code']).toBe('order-exists');
      const loser = await loserOf(carts, `o${n}`);
      expect([(await place(loser, `o${n}`)).json['code']]).toEqual(['order-exists']);
    }
  });

  it('become one order and an open cart, by two lines of one request, also over a restart', async () => {
    const carts = ['c', 'd'];
    for (const cart of carts) await send('POST', `/carts/${cart}/items`, item);
    const headers = { 'content-type': 'application/x-ndjson' };
    const { text } = await send('POST', '/commands', carts.map((cart) => checkOut(cart, 'o-c')).join('\n'), headers);
    expect(text.match(/"status":"accepted"/g)).toHaveLength(2);
    await service.restart();
    const loser = await loserOf(carts, 'o-c');
    const { items } = (await send('GET', `/streams/cart-${loser}/events`)).json as { items: object[] };
    expect(items.at(-1)).toMatchObject({
      ...{ type: 'CartReopened', data: { orderId: 'o-c', reason: 'order-exists' }, actor: 'system:order-process' },
    });

    await send('POST', `/carts/${loser}/items`, item);
    const again = await send('POST', '/orders', { cartId: loser, orderId: 'o-d', customerId: '17850' });
    expect([again.status, (await send('GET', '/orders/o-d')).json['total']]).toEqual([201, '30.60']);
  });
});
