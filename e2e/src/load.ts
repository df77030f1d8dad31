import { setTimeout as pause } from 'node:timers/promises';
import { ask, type Body } from './http.js';
import type { Shop } from './shop.js';

interface Acknowledged {
  readonly cart: string;
  readonly version: number;
}

const RETRY_AFTER_MS = 50;
const GIVE_UP_AFTER_MS = 15_000;

/** Customers who put things into carts, one after the other; each asks under the same key until it is acknowledged. */
export class Load {
  readonly acknowledged = new Map<string, Acknowledged>();
  /** How often somebody was told no, or nothing. */
  troubles = 0;
  #ended = false;
  #abandoned = false;
  readonly #customers: readonly Promise<void>[];

  constructor(
    /** Where the next request goes. */
    private readonly orders: () => string,
    { customers = 16, carts = 8 }: { readonly customers?: number; readonly carts?: number } = {},
  ) {
    this.#customers = Array.from({ length: customers }, (_, i) => this.#customer(i, `load-${i % carts}`));
  }

  /** Resolves when so many more are acknowledged. */
  async more(count: number): Promise<void> {
    const wanted = this.acknowledged.size + count;
    while (this.acknowledged.size < wanted) {
      if (this.#ended) throw new Error('the customers have gone');
      await pause(5);
    }
  }

  /** Lets everybody get the answer to what they have asked for. */
  async end(): Promise<void> {
    this.#ended = true;
    await Promise.all(this.#customers);
  }

  /** Sends everybody home, answered or not: for a spec that has failed. */
  async abandon(): Promise<void> {
    this.#ended = true;
    this.#abandoned = true;
    await Promise.allSettled(this.#customers);
  }

  async #customer(number: number, cart: string): Promise<void> {
    for (let i = 0; !this.#ended; i += 1) {
      const commandId = `customer-${number}-${i}`;
      const version = await this.#untilAcknowledged(cart, commandId);
      if (version !== undefined) this.acknowledged.set(commandId, { cart, version });
    }
  }

  async #untilAcknowledged(cart: string, commandId: string): Promise<number | undefined> {
    while (!this.#abandoned) {
      const version = await this.#ask(cart, commandId);
      if (version !== undefined) return version;
      this.troubles += 1;
      await pause(RETRY_AFTER_MS);
    }
    return undefined;
  }

  /** The version that was answered; undefined when it is to be tried again. @throws when the answer says it never will do. */
  async #ask(cart: string, commandId: string): Promise<number | undefined> {
    const body = { sku: 'A', quantity: 1, unitPrice: { amount: '1.00', currency: 'GBP' } };
    const signal = AbortSignal.timeout(GIVE_UP_AFTER_MS);
    const headers = { 'content-type': 'application/json', 'idempotency-key': commandId };
    let answer: Response;
    try {
      const url = `${this.orders()}/carts/${cart}/items`;
      answer = await fetch(url, { method: 'POST', headers, body: JSON.stringify(body), signal });
    } catch {
      return undefined; // Nobody listens, or nobody answered in time: asking again is what the key is for.
    }
    const told = (await answer.json()) as { readonly version: number; readonly retriable?: boolean };
    if (answer.ok) return told.version;
    if (told.retriable === true) return undefined;
    throw new Error(`${commandId} was answered ${answer.status}: ${JSON.stringify(told)}`);
  }
}

/** What counts in the streams of the load's carts: by command id, the versions it was recorded at. */
export const recordedOf = async (shop: Shop, load: Load): Promise<ReadonlyMap<string, readonly number[]>> => {
  const recorded = new Map<string, number[]>();
  for (const cart of new Set([...load.acknowledged.values()].map((one) => one.cart))) {
    let last = 0;
    for (let from: number | undefined = 1; from !== undefined;) {
      const { body } = await ask(`GET ${shop.orders}/streams/cart-${cart}/events?from=${from}&limit=1000`);
      for (const { commandId, version } of body['items'] as { commandId: string; version: number }[]) {
        if (version !== (last += 1)) throw new Error(`cart-${cart} goes from version ${last - 1} to ${version}`);
        recorded.set(commandId, [...(recorded.get(commandId) ?? []), version]);
      }
      from = (body as Body & { readonly next?: number })['next'];
    }
  }
  return recorded;
};
