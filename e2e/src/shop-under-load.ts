import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually } from '@ledgerline/es-testing';
import { type KafkaCluster, startKafka, type StartKafkaOptions } from '@ledgerline/local-servers';
import { oneByOne } from './cart-commands.js';
import { CartLoad } from './cart-load.js';
import { es } from './es.js';
import type { Body } from './http.js';
import { judgedLoad } from './judged-load.js';
import { Shop } from './shop.js';

/** So soon after all is well the shop goes on. */
const GOES_ON_WITHIN_MS = 10_000;

/** A shop on brokers of its own, and customers who ask one thing after the other and share their carts. */
export class ShopUnderLoad {
  private constructor(
    readonly kafka: KafkaCluster,
    readonly load: CartLoad,
    readonly shop: Shop,
    private readonly directory: string,
  ) {}

  static async open(options: Pick<StartKafkaOptions, 'brokers' | 'advertised'>): Promise<ShopUnderLoad> {
    const directory = await mkdtemp(join(tmpdir(), 'ledgerline-faults-'));
    let kafka: KafkaCluster | undefined;
    try {
      kafka = await startKafka({ directory, ...options });
      const shop = await Shop.open({ KAFKA_BROKERS: kafka.brokers.join(',') });
      const customers = { customers: 16, carts: 8, atOnce: 1, send: oneByOne };
      const load = new CartLoad({ name: 'load', urls: [shop.orders], ...customers });
      return new ShopUnderLoad(kafka, load, shop, directory);
    } catch (error) {
      await kafka?.close();
      await rm(directory, { recursive: true, force: true });
      throw error;
    }
  }

  /** Resolves when everybody is served again. @throws when that takes longer than it may */
  async goesOn(): Promise<void> {
    const began = performance.now();
    await this.load.more(20);
    expect(performance.now() - began).toBeLessThan(GOES_ON_WITHIN_MS);
  }

  /** Nothing was lost or doubled, and logs and read models are as they were written. */
  async everythingIsRight(): Promise<void> {
    const prefix = this.shop.env['KAFKA_TOPIC_PREFIX'] ?? '';
    await judgedLoad(this.load, { brokers: this.kafka.brokers, prefix });
    await eventually(
      async () => {
        const verified = JSON.parse((await es(this.shop.env, 'verify', '--json')).stdout) as Body;
        expect(verified).toMatchObject({ ok: true });
      },
      { everyMs: 200 },
    );
  }

  async close(): Promise<void> {
    await this.load.abandon();
    await this.shop.close();
    await this.kafka.close();
    await rm(this.directory, { recursive: true, force: true });
  }
}
