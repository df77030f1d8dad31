import { performance } from 'node:perf_hooks';
import { setTimeout as pause } from 'node:timers/promises';
import { ask, floodCommands, isForeign, sendUntilTaken, Shop } from './index.js';

const WITHIN_MS = 240_000;
const CONNECTIONS = 200;
const BYTES = 900_000;
const MEGABYTE = 1024 * 1024;
const NEXT_AFTER_MS = 20;

// Services that are not ours are not ours to flood.
const test = isForeign ? describe.skip : describe;

/** Somebody else, who puts one thing into a cart after the other, until nobody wants it any more. */
class OtherClient {
  /** How long the answers took, in milliseconds. */
  readonly took: number[] = [];
  readonly refused: string[] = [];
  /** The most memory that the service said it had. */
  residentBytes = 0;
  #isOver = false;
  readonly #running: Promise<void>;

  constructor(private readonly url: string) {
    this.#running = this.#run();
  }

  async end(): Promise<void> {
    this.#isOver = true;
    await this.#running;
  }

  async #run(): Promise<void> {
    while (!this.#isOver) {
      await this.#add(`other-${this.took.length}`);
      const { text } = await ask(`GET ${this.url}/metrics`);
      const resident = Number(/^process_resident_memory_bytes\{.*\} (\S+)$/m.exec(text)?.[1]);
      this.residentBytes = Math.max(this.residentBytes, resident);
      await pause(NEXT_AFTER_MS);
    }
  }

  async #add(cart: string): Promise<void> {
    const begun = performance.now();
    const body = { sku: '85123A', quantity: 6, unitPrice: { amount: '2.55', currency: 'GBP' } };
    const answer = await ask(`POST ${this.url}/carts/${cart}/items`, { body });
    this.took.push(performance.now() - begun);
    if (answer.status !== 200) this.refused.push(answer.text);
  }
}

const percentile = (values: readonly number[], share: number): number =>
  [...values].sort((a, b) => a - b)[Math.floor(share * (values.length - 1))] ?? Infinity;

test('a flood of requests of many commands', () => {
  let shop: Shop;

  beforeAll(async () => {
    // With the limits of memory that services are shipped with.
    shop = await Shop.open({ KAFKA_BROKERS: '', MONGODB_URI: '', LOG_LEVEL: 'error' });
  });
  afterAll(() => shop?.close());

  it(
    'is refused beyond what fits into memory, and delays nobody else for long',
    async () => {
      const { orders: url } = shop;
      const other = new OtherClient(url);
      const [answers, patient] = await Promise.all([
        floodCommands({ url, connections: CONNECTIONS, bytes: BYTES }),
        sendUntilTaken(url, BYTES),
      ]).finally(() => other.end());
      const taken = [...answers.filter(({ status }) => status === 200), patient];
      const refused = answers.filter(({ status }) => status !== 200);
      expect(taken.length).toBeGreaterThan(1);
      expect(new Set(refused.map(({ status, retryAfter }) => `${status} ${retryAfter}`))).toEqual(new Set(['503 1']));
      // Whoever is let in is not refused any more.
      for (const { text } of taken) {
        const outcomes = text.trim().split('\n');
        expect(outcomes.length).toBeGreaterThan(3_000);
        expect(outcomes.filter((line) => !line.includes('"status":"accepted"'))).toEqual([]);
      }
      expect(other.residentBytes).toBeGreaterThan(MEGABYTE);
      expect(other.residentBytes).toBeLessThan(500 * MEGABYTE);
      expect(other.refused).toEqual([]);
      // They take a tenth of a second where the machine has nothing else to do.
      expect(percentile(other.took, 0.5)).toBeLessThan(1_000);
      expect(percentile(other.took, 0.9)).toBeLessThan(2_000);
      expect((await ask(`GET ${url}/health/ready`)).status).toBe(200);
    },
    WITHIN_MS,
  );
});
