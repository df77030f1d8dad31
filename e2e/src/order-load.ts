import { setTimeout as pause } from 'node:timers/promises';
import { type Answer, ask, type Ask } from './http.js';
import { ordinalsIn, PositionWatch } from './position-watch.js';
import type { Shop } from './shop.js';

export interface OrderLoadOptions {
  /** Goes before the names of orders and customers. */
  readonly name: string;
  /** Who takes orders and payments, undisturbed. */
  readonly shop: Pick<Shop, 'orders' | 'payments'>;
  /** Of the projection services that are asked. */
  readonly urls: readonly string[];
}

type Wish = 'stays' | 'cancels' | 'pays';

/** An order that was read back after everything that its customer did. */
interface Read {
  readonly orderId: string;
  readonly wish: Wish;
}

interface Look {
  readonly path: string;
  /** What was answered to the writes that are to be seen. */
  readonly min: string;
  readonly isRight: (body: Answer['body']) => boolean;
}

const CUSTOMERS = 6;
/** For so many rounds all order as one person, whose dashboard shows no more orders than these are. */
const ROUNDS_AS_ONE = 2;
const WISHES: readonly Wish[] = ['stays', 'cancels', 'pays'];
const RETRY_AFTER_MS = 20;
// Otherwise the load takes all the processor that there is.
const NEXT_AFTER_MS = 40;
/** Whoever is not answered by then asks elsewhere. */
const giveUpAfterMs = 8_000;
const UNIT_PRICE = { amount: '2.55', currency: 'GBP' };

/**
 * Customers who place orders, pay some and cancel others, and after each write read what they wrote, at whichever projection
 * service is said to be there; where that does not answer, they ask again.
 */
export class OrderLoad {
  readonly read: Read[] = [];
  /** Answers that nobody should get: older than the write before, or than an answer before; and writes that failed. */
  readonly wrong: string[] = [];
  /** How often a reader was told to try again, or nothing. */
  troubles = 0;
  urls: readonly string[];
  #stopped = false;
  #abandoned = false;
  #next = 0;
  readonly #watches = new Map<string, PositionWatch>();
  readonly #customers: Promise<unknown>;

  constructor(private readonly options: OrderLoadOptions) {
    this.urls = options.urls;
    const customers = Array.from({ length: CUSTOMERS }, async (_, number) => {
      await this.#customer(number).catch((error: unknown) => void this.wrong.push(String(error)));
    });
    this.#customers = Promise.all(customers);
  }

  /** Resolves when so many more orders were read back. @throws when somebody gets an answer that nobody should get */
  async more(count: number): Promise<void> {
    const wanted = this.read.length + count;
    while (this.read.length < wanted) {
      if (this.#stopped) throw new Error('the customers have gone');
      if (this.wrong.length > 0) throw new Error(`nobody should be told: ${this.wrong[0]}`);
      await pause(5);
    }
  }

  /** The processes are others from now on: a new one may begin behind the one that was killed. */
  forgetPositions(): void {
    this.#watches.clear();
  }

  /** Resolves when everything that was begun is read back. */
  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#customers;
  }

  /** Sends everybody home, answered or not: for a spec that is over. */
  async abandon(): Promise<void> {
    this.#abandoned = true;
    await this.stop();
  }

  /** Orders that the projection service at this URL shows otherwise than their customers left them. */
  async shownOtherwise(url: string): Promise<readonly string[]> {
    const otherwise: string[] = [];
    for (const { orderId, wish } of this.read) {
      const { status, body, text } = await ask(`GET ${url}/orders/${orderId}`);
      if (status !== 200 || !isAsWished(wish, body)) otherwise.push(`${orderId}, which ${wish}: ${status} ${text}`);
    }
    return otherwise;
  }

  async #customer(number: number): Promise<void> {
    for (let round = 0; !this.#stopped; round += 1) {
      const orderId = `${this.options.name}-${number}-${round}`;
      const customerId = `${this.options.name}-${Math.floor(round / ROUNDS_AS_ONE)}`;
      const wish = WISHES[round % WISHES.length] ?? 'stays';
      const placed = await this.#place(orderId, customerId);
      await this.#look({ path: `/orders/${orderId}`, min: placed, isRight: (page) => page['orderId'] === orderId });
      const isListed = (board: Answer['body']): boolean =>
        JSON.stringify(board['orders'] ?? '').includes(`"${orderId}"`);
      await this.#look({ path: `/customers/${customerId}/dashboard`, min: placed, isRight: isListed });
      // Having seen the payment says nothing of having seen the order: they are in different topics.
      const done = wish === 'stays' ? placed : `${placed}, ${await this.#follow(wish, orderId)}`;
      await this.#look({ path: `/orders/${orderId}`, min: done, isRight: (page) => isAsWished(wish, page) });
      if (!this.#abandoned) this.read.push({ orderId, wish });
      await pause(NEXT_AFTER_MS);
    }
  }

  async #place(orderId: string, customerId: string): Promise<string> {
    const { orders } = this.options.shop;
    await written(`POST ${orders}/carts/${orderId}/items`, {
      body: { sku: '85123A', quantity: 6, unitPrice: UNIT_PRICE },
    });
    return written(`POST ${orders}/orders`, { body: { orderId, cartId: orderId, customerId, country: 'EIRE' } });
  }

  #follow(wish: Exclude<Wish, 'stays'>, orderId: string): Promise<string> {
    const { orders, payments } = this.options.shop;
    return wish === 'cancels'
      ? written(`POST ${orders}/orders/${orderId}/cancel`, { body: { reason: 'too late' } })
      : written(`POST ${payments}/payments/${orderId}/process`, { body: { method: 'tok_ok' } });
  }

  async #look(look: Look): Promise<void> {
    while (!this.#abandoned && !(await this.#isAnswered(look))) {
      this.troubles += 1;
      await pause(RETRY_AFTER_MS);
    }
  }

  /** False where nobody answers, or the answer is to try again. */
  async #isAnswered({ path, min, isRight }: Look): Promise<boolean> {
    const url = this.#anyUrl();
    const watch = this.#watchOf(`${url}${path.slice(0, path.indexOf('/', 1))}`);
    const before = watch.furthest;
    let answer: Answer;
    try {
      answer = await ask(`GET ${url}${path}`, { headers: { 'x-min-position': min }, giveUpAfterMs });
    } catch {
      return false; // The process is gone, or halted.
    }
    if (answer.status >= 500) return false;
    const position = answer.header('x-position') ?? '';
    const says = `${url}${path} from ${min}: ${answer.status} ${answer.text}, at ${position}`;
    if (answer.status !== 200 || !isRight(answer.body) || !covers(position, min)) this.wrong.push(says);
    else this.wrong.push(...watch.wentBack(position, before).map((back) => `${says}: ${back}`));
    return true;
  }

  #watchOf(what: string): PositionWatch {
    const watch = this.#watches.get(what) ?? new PositionWatch();
    this.#watches.set(what, watch);
    return watch;
  }

  #anyUrl(): string {
    this.#next += 1;
    return this.urls[this.#next % this.urls.length] ?? '';
  }
}

/** The position of what was written; a payment is asked for again until it was requested. */
const written = async (what: string, how: Ask): Promise<string> => {
  for (;;) {
    const { status, body, header, text } = await ask(what, how);
    if (status < 300) return header('x-position') ?? '';
    if (body['code'] !== 'payment-not-requested') throw new Error(`${what}: ${status} ${text}`);
    await pause(RETRY_AFTER_MS);
  }
};

const isAsWished = (wish: Wish, page: Answer['body']): boolean => {
  if (wish === 'stays') return page['status'] === 'created';
  if (wish === 'cancels') return page['status'] === 'cancelled';
  return JSON.stringify(page['payment'] ?? '').includes('"status":"processed"');
};

/** True where the answer is at least as far as was asked for, in the partitions that it reads. */
const covers = (position: string, min: string): boolean => {
  const reached = ordinalsIn(position);
  return [...ordinalsIn(min)].every(([key, ordinal]) => (reached.get(key) ?? ordinal) >= ordinal);
};
