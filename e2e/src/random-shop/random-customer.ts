import type { Platform } from '@ledgerline/es-core';
import { pause } from '@ledgerline/es-core/runtime';
import type { Answer } from '@ledgerline/es-testing';
import type { Chance } from './chance.js';
import type { Happenings } from './happenings.js';
import type { InProcessShop, ServiceName } from '../in-process/in-process-shop.js';

export interface CustomerOptions {
  readonly shop: InProcessShop;
  readonly chance: Chance;
  readonly platform: Platform;
  readonly happenings: Happenings;
}

const AGAIN_AFTER_MS = 50;
const MAX_ATTEMPTS = 3;
/** Answers that say: later. */
const LATER: ReadonlySet<unknown> = new Set(['payment-not-requested', 'payment-in-progress']);
/** The order waits for a payment. */
const OPEN: ReadonlySet<unknown> = new Set(['requested', 'declined']);
const line = { sku: '85123A', quantity: 6, unitPrice: { amount: '2.55', currency: 'GBP' } };
const placedAt = '2010-12-01T08:26:00Z';

/** Somebody who orders once and then does whatever comes to mind, and asks again under the same key whenever nobody answers. */
export class RandomCustomer {
  #asked = 0;
  /** What was answered last, and that was to ask again. */
  #waitsFor: string | undefined;

  constructor(
    readonly orderId: string,
    private readonly options: CustomerOptions,
  ) {}

  /** Answers what nobody has served, where the shop closed before that. */
  async comes(): Promise<readonly string[]> {
    const { orderId } = this;
    const order = { orderId, cartId: orderId, customerId: 'ada', country: 'France', placedAt };
    await this.#ask('order-service', `/carts/${orderId}/items`, line);
    await this.#ask('order-service', '/orders', order);
    await this.options.chance.among(
      () => this.#leaves(),
      () => this.#paysAndMore(),
      () => this.#paysAndMore(),
      () => this.#paysAndMore(),
      () => Promise.all([this.#pays(), this.#cancels()]),
      () => Promise.all([this.#pays(), this.#pays()]),
      () => this.#cancels(),
    )();
    return this.#waitsFor === undefined ? [] : [`customer ${orderId} waits for ${this.#waitsFor}`];
  }

  #leaves(): Promise<unknown> {
    return Promise.resolve();
  }

  async #paysAndMore(): Promise<unknown> {
    await this.#pays();
    await this.#isSettled();
    return await this.options.chance.among(
      () => this.#leaves(),
      () => this.#cancels(),
      () => this.#returns({ orderId: this.orderId }, 2),
      () => this.#returns({}, 1),
      () => Promise.all([this.#returns({ orderId: this.orderId }, 1), this.#cancels()]),
      () => Promise.all([1, 4].map((quantity) => this.#returns({ orderId: this.orderId }, quantity))),
    )();
  }

  async #pays(): Promise<void> {
    for (let attempt = 1; attempt <= MAX_ATTEMPTS; attempt += 1) {
      const method = this.options.chance.among('tok_ok', 'tok_ok', 'tok_slow', 'tok_declined');
      const answer = await this.#ask('payment-service', `/payments/${this.orderId}/process`, { method });
      if (answer?.json['status'] !== 'declined') return;
    }
  }

  #cancels(): Promise<unknown> {
    return this.#ask('order-service', `/orders/${this.orderId}/cancel`, { reason: 'changed my mind' });
  }

  #returns(of: object, quantity: number): Promise<unknown> {
    return this.#ask('order-service', '/returns', { ...of, customerId: 'ada', lines: [{ ...line, quantity }] });
  }

  /** Resolves when the order was confirmed or cancelled, or will not be before it is paid. */
  async #isSettled(): Promise<void> {
    const { orderId, options } = this;
    const { shop, platform, happenings } = options;
    while (!happenings.areOver) {
      const [order, payment] = await Promise.all([
        shop.send('order-service', 'GET', `/orders/${orderId}`).catch(nobody),
        shop.send('payment-service', 'GET', `/payments/${orderId}`).catch(nobody),
      ]);
      const isOver = order?.status === 200 && order.json['status'] !== 'created';
      if (isOver || OPEN.has(payment?.json['status'])) return this.#isServed();
      this.#waitsFor = `the end of the order: ${order?.text} ${payment?.text}`;
      happenings.happened();
      await pause(platform, AGAIN_AFTER_MS);
    }
  }

  /** Undefined where the shop is closed before anybody answers. */
  async #ask(service: ServiceName, path: string, body: object): Promise<Answer | undefined> {
    const { shop, platform, happenings } = this.options;
    this.#asked += 1;
    const headers = { 'idempotency-key': `${this.orderId}-${this.#asked}` };
    while (!happenings.areOver) {
      const answer = await shop.send(service, 'POST', path, body, headers).catch(nobody);
      if (answer && answer.status < 500 && !LATER.has(answer.json['code'])) {
        this.#isServed();
        return answer;
      }
      this.#waitsFor = `POST ${path}: ${answer?.text}`;
      happenings.happened();
      await pause(platform, AGAIN_AFTER_MS);
    }
    return undefined;
  }

  #isServed(): void {
    this.#waitsFor = undefined;
    this.options.happenings.happened();
  }
}

/** The service is down, or was killed. */
const nobody = (): undefined => undefined;
