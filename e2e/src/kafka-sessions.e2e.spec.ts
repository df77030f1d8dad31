import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { kafkaJsNetwork } from '@ledgerline/es-kafka';
import { eventually } from '@ledgerline/es-testing';
import { describeWithOwnBrokers, kafkaClient, type KafkaCluster, startKafka } from '@ledgerline/local-servers';
import { ask, Shop } from './index.js';

const SESSION_MS = 3_000;
const SESSIONS = 4;
const patience = { timeoutMs: 30_000, everyMs: 20 };

await describeWithOwnBrokers('brokers whose sessions end after three seconds', () => {
  let directory: string;
  let cluster: KafkaCluster;

  beforeAll(async () => {
    directory = mkdtempSync(join(tmpdir(), 'ledgerline-sessions-'));
    cluster = await startKafka({
      ...{ brokers: 1, directory: join(directory, 'kafka'), security: true },
      settings: { 'connections.max.reauth.ms': SESSION_MS },
    });
    writeFileSync(join(directory, 'ca'), cluster.security?.ca ?? '');
  }, 90_000);
  afterAll(async () => {
    await cluster?.close();
    rmSync(directory, { recursive: true, force: true });
  });

  it('have all commands taken, over Kafka and HTTP, and all read models follow', async () => {
    const [{ username = '', password = '' } = {}] = cluster.security?.users ?? [];
    const shop = await Shop.open({
      ...{ KAFKA_BROKERS: cluster.brokers.join(','), KAFKA_SSL: 'true', KAFKA_SSL_CA: join(directory, 'ca') },
      ...{ KAFKA_SASL_MECHANISM: 'plain', KAFKA_SASL_USERNAME: username, KAFKA_SASL_PASSWORD: password },
    });
    const producer = kafkaClient([], {
      ...{ ...kafkaJsNetwork(cluster), ssl: { ca: cluster.security?.ca ?? '' } },
      sasl: { mechanism: 'plain', username, password },
    }).producer();
    try {
      await producer.connect();
      const topic = `${shop.env['KAFKA_TOPIC_PREFIX']}orders.commands`;
      const until = performance.now() + SESSIONS * SESSION_MS;
      let carts = 0;
      for (; performance.now() < until; carts += 1) {
        const [id, stream] = [`i${carts}`, `cart-${carts}`];
        const data = { sku: '85123A', quantity: 6, unitPrice: { amount: '2.55', currency: 'GBP' } };
        const value = JSON.stringify({ id, type: 'AddItemToCart', stream, data });
        await producer.send({ topic, messages: [{ key: stream, value }] });
        await eventually(
          async () => expect((await ask(`GET ${shop.orders}/carts/${carts}`)).status).toBe(200),
          patience,
        );
        const order = { orderId: `${carts}`, cartId: `${carts}`, customerId: 'ada' };
        expect((await ask(`POST ${shop.orders}/orders`, { body: order })).status).toBe(201);
        await pause(SESSION_MS / 10); // The time is the fault.
      }
      expect(carts).toBeGreaterThan(SESSIONS);
      const seen = async (): Promise<unknown> =>
        await Promise.all(
          Array.from({ length: carts }, async (_, i) => (await ask(`GET ${shop.projections}/orders/${i}`)).status),
        );
      await eventually(async () => expect(await seen()).toEqual(Array(carts).fill(200)), patience);
    } finally {
      await producer.disconnect();
      await shop.close();
    }
  });
});
