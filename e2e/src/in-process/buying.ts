import { eventually } from '@ledgerline/es-testing';
import type { InProcessShop } from './in-process-shop.js';
import { isQuiet } from './quiet-shop.js';

const line = { sku: '85123A', quantity: 6, unitPrice: { amount: '2.55', currency: 'GBP' } };
const PATIENCE = { timeoutMs: 40_000, everyMs: 20 };

/** What customers do at a shop in which nothing goes wrong. */
export class Buying {
  constructor(private readonly shop: InProcessShop) {}

  /** An order whose payment was requested. */
  async orders(orderId: string): Promise<void> {
    const order = { orderId, cartId: orderId, customerId: 'ada', placedAt: '2010-12-01T08:26:00Z' };
    expect((await this.shop.send('order-service', 'POST', `/carts/${orderId}/items`, line)).status).toBe(200);
    expect((await this.shop.send('order-service', 'POST', '/orders', order)).status).toBe(201);
    await eventually(
      async () => expect((await this.shop.send('payment-service', 'GET', `/payments/${orderId}`)).status).toBe(200),
      PATIENCE,
    );
  }

  /** Answers what the payment is then; `processing` while the gateway takes its time. */
  async pays(orderId: string): Promise<unknown> {
    const path = `/payments/${orderId}/process`;
    return (await this.shop.send('payment-service', 'POST', path, { method: 'tok_ok' })).json['status'];
  }

  /** A third of what was ordered comes back. */
  async returns(orderId: string): Promise<void> {
    const goods = { orderId, customerId: 'ada', lines: [{ ...line, quantity: 2 }] };
    expect((await this.shop.send('order-service', 'POST', '/returns', goods)).status).toBe(201);
  }

  /** An order that was paid, of which a part came back and was refunded. */
  async all(orderId: string): Promise<void> {
    await this.orders(orderId);
    expect(await this.pays(orderId)).toBe('processed');
    await this.isDone();
    await this.returns(orderId);
    await this.isDone();
  }

  /** Resolves when nothing is under way any more. */
  async isDone(): Promise<void> {
    await eventually(async () => expect(await isQuiet(this.shop)).toBe(true), PATIENCE);
  }
}
