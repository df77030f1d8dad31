import { setTimeout as pause } from 'node:timers/promises';
import { inOneRequest, type SendToCart, type Verdict } from './cart-commands.js';
import { ask } from './http.js';

/** A command that was acknowledged. */
export interface Acknowledged {
  readonly commandId: string;
  readonly stream: string;
  readonly version: number;
}

/** An answer that was older than what had been acknowledged before it was asked for. */
export interface Stale {
  readonly url: string;
  readonly stream: string;
  readonly acknowledged: number;
  readonly answered: number;
}

export interface CartLoadOptions {
  /** Goes before the names of the carts. */
  readonly name: string;
  /** Of the instances that are asked. */
  readonly urls: readonly string[];
  readonly customers?: number;
  /** How many carts are filled at a time; as many as there are customers, unless they share them. */
  readonly carts?: number;
  /** How many things a customer asks for at a time. */
  readonly atOnce?: number;
  readonly send?: SendToCart;
}

const RETRY_AFTER_MS = 20;
// Otherwise a load that waits for brokers to be missed takes all the processor that there is.
const NEXT_AFTER_MS = 10;
/** So many rounds a cart takes before the next one begins. */
const ROUNDS = 20;

/**
 * Customers who put things into carts, through whichever instances are said to be there, and repeat what was not answered
 * elsewhere. After each request one looks at the cart through another instance.
 */
export class CartLoad {
  readonly acknowledged: Acknowledged[] = [];
  readonly stale: Stale[] = [];
  /** Verdicts that nobody should get. */
  readonly surprises: Verdict[] = [];
  /** How often somebody was told to try again, or nothing. */
  troubles = 0;
  urls: readonly string[];
  #stopped = false;
  #abandoned = false;
  readonly #options: Required<CartLoadOptions>;
  readonly #customers: Promise<unknown>;
  #next = 0;

  constructor({ customers = 8, carts = customers, atOnce = 20, send = inOneRequest, name, urls }: CartLoadOptions) {
    this.urls = urls;
    this.#options = { name, urls, customers, carts, atOnce, send };
    this.#customers = Promise.all(Array.from({ length: customers }, (_, number) => this.#customer(number)));
  }

  /** Resolves when so many more are acknowledged. @throws when somebody gets a verdict that nobody should get */
  async more(count: number): Promise<void> {
    const wanted = this.acknowledged.length + count;
    while (this.acknowledged.length < wanted) {
      if (this.#stopped) throw new Error('the customers have gone');
      if (this.surprises.length > 0) throw new Error(`nobody should be told ${JSON.stringify(this.surprises[0])}`);
      await pause(5);
    }
  }

  /** Resolves when everything that was begun is acknowledged. */
  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#customers;
  }

  /** Sends everybody home, answered or not: for a spec that has failed. */
  async abandon(): Promise<void> {
    this.#abandoned = true;
    await this.stop();
  }

  async #customer(number: number): Promise<void> {
    const { name, carts, atOnce } = this.#options;
    for (let round = 0; !this.#stopped; round += 1) {
      const cart = `${name}-${number % carts}-${Math.floor(round / ROUNDS)}`;
      const ids = Array.from({ length: atOnce }, (_, index) => `${name}-${number}.${round}.${index}`);
      await this.#look(cart, await this.#untilAcknowledged(cart, ids));
      await pause(NEXT_AFTER_MS);
    }
  }

  async #untilAcknowledged(cart: string, ids: readonly string[]): Promise<number> {
    let version = 0;
    let left = ids;
    while (left.length > 0 && !this.#abandoned) {
      const verdicts = await this.#send(cart, left);
      const done = verdicts.filter(({ status }) => status !== 'rejected');
      for (const { id, version: at = 0 } of done) {
        this.acknowledged.push({ commandId: id, stream: `cart-${cart}`, version: at });
        version = Math.max(version, at);
      }
      const final = verdicts.filter(({ status, retriable }) => status === 'rejected' && !retriable);
      this.surprises.push(...final);
      const settled = new Set([...done, ...final].map(({ id }) => id));
      left = left.filter((id) => !settled.has(id));
      if (left.length > 0) {
        this.troubles += 1;
        await pause(RETRY_AFTER_MS);
      }
    }
    return version;
  }

  async #send(cart: string, ids: readonly string[]): Promise<readonly Verdict[]> {
    try {
      return await this.#options.send(this.#anyUrl(), cart, ids);
    } catch {
      return []; // The instance is gone: the commands are sent to another one.
    }
  }

  async #look(cart: string, acknowledged: number): Promise<void> {
    const url = this.#anyUrl();
    try {
      const { status, header } = await ask(`GET ${url}/carts/${cart}`);
      const answered = Number(header('etag')?.replaceAll('"', ''));
      if (status === 200 && answered < acknowledged)
        this.stale.push({ url, stream: `cart-${cart}`, acknowledged, answered });
      if (status === 404 && acknowledged > 0)
        this.stale.push({ url, stream: `cart-${cart}`, acknowledged, answered: 0 });
    } catch {
      return; // As above.
    }
  }

  #anyUrl(): string {
    this.#next += 1;
    return this.urls[this.#next % this.urls.length] ?? '';
  }
}

/** Two customers fill carts through the instance at this URL, until so many things are acknowledged and none is under way. */
export const fillCarts = async (name: string, url: string, count = 60): Promise<void> => {
  const load = new CartLoad({ name, urls: [url], customers: 2 });
  try {
    await load.more(count);
    await load.stop();
  } finally {
    await load.abandon();
  }
};
