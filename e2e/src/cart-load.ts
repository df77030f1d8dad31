import { setTimeout as pause } from 'node:timers/promises';
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

interface Verdict {
  readonly id: string;
  readonly status: string;
  readonly version?: number;
  readonly retriable?: boolean;
  readonly code?: string;
}

const CLIENTS = 8;
const COMMANDS = 20;
const RETRY_AFTER_MS = 20;
/** So many batches a cart takes before the next one begins. */
const BATCHES = 20;

/**
 * Customers who put things into carts, through whichever instances are said to be there, and repeat what was not answered
 * elsewhere. After each request one looks at the cart through another instance.
 */
export class CartLoad {
  readonly acknowledged: Acknowledged[] = [];
  readonly stale: Stale[] = [];
  /** Verdicts that nobody should get. */
  readonly surprises: Verdict[] = [];
  urls: readonly string[];
  #stopped = false;
  #running: Promise<unknown>;
  #next = 0;

  constructor(
    private readonly name: string,
    urls: readonly string[],
  ) {
    this.urls = urls;
    this.#running = Promise.all(Array.from({ length: CLIENTS }, (_, client) => this.#client(client)));
  }

  /** Resolves when everything that was begun is acknowledged. */
  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#running;
  }

  async #client(client: number): Promise<void> {
    for (let batch = 0; !this.#stopped; batch += 1) {
      const cart = `${this.name}-${client}-${Math.floor(batch / BATCHES)}`;
      const ids = Array.from({ length: COMMANDS }, (_, index) => `${cart}.${batch}.${index}`);
      const version = await this.#untilAcknowledged(cart, ids);
      await this.#look(cart, version);
    }
  }

  async #untilAcknowledged(cart: string, ids: readonly string[]): Promise<number> {
    const unitPrice = { amount: '1.00', currency: 'GBP' };
    let version = 0;
    let left = ids;
    while (left.length > 0) {
      const lines = left.map((id, index) => ({
        ...{ id, type: 'AddItemToCart', stream: `cart-${cart}` },
        data: { sku: `sku-${index % 3}`, quantity: 1, unitPrice },
      }));
      const verdicts = await this.#send(lines);
      const done = verdicts.filter(({ status }) => status !== 'rejected');
      for (const { id, version: at = 0 } of done) {
        this.acknowledged.push({ commandId: id, stream: `cart-${cart}`, version: at });
        version = Math.max(version, at);
      }
      this.surprises.push(...verdicts.filter(({ status, retriable }) => status === 'rejected' && !retriable));
      const settled = new Set(done.map(({ id }) => id));
      left = left.filter((id) => !settled.has(id));
      if (left.length > 0) await pause(RETRY_AFTER_MS);
    }
    return version;
  }

  async #send(lines: readonly object[]): Promise<readonly Verdict[]> {
    try {
      const text = lines.map((line) => JSON.stringify(line)).join('\n');
      const headers = { 'content-type': 'application/x-ndjson' };
      const answer = await ask(`POST ${this.#anyUrl()}/commands`, { text, headers });
      if (answer.status !== 200) return [];
      return answer.text
        .split('\n')
        .filter(Boolean)
        .map((line) => JSON.parse(line) as Verdict);
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
      if (status === 404) this.stale.push({ url, stream: `cart-${cart}`, acknowledged, answered: 0 });
    } catch {
      return; // As above.
    }
  }

  #anyUrl(): string {
    this.#next += 1;
    return this.urls[this.#next % this.urls.length] ?? '';
  }
}
