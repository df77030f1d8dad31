import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { kafkaJsNetwork } from '@ledgerline/es-kafka';
import { eventually } from '@ledgerline/es-testing';
import { describeWithOwnBrokers, kafkaClient, type KafkaCluster, startKafka } from '@ledgerline/local-servers';
import { ask, es, Shop } from './index.js';

const patience = { timeoutMs: 30_000, everyMs: 20 };

await describeWithOwnBrokers('a broker that only has an IPv6 address', () => {
  let directory: string;
  let cluster: KafkaCluster;

  beforeAll(async () => {
    directory = mkdtempSync(join(tmpdir(), 'ledgerline-ipv6-'));
    cluster = await startKafka({ brokers: 1, directory, clientHost: '::1' });
  }, 90_000);
  afterAll(async () => {
    await cluster?.close();
    rmSync(directory, { recursive: true, force: true });
  });

  it('serves the shop, commands over Kafka and the command line, and the services listen on such addresses too', async () => {
    expect(cluster.brokers).toEqual([expect.stringMatching(/^\[::1\]:\d+$/)]);
    const shop = await Shop.open({ KAFKA_BROKERS: cluster.brokers.join(','), HOST: '::1', LOG_LEVEL: 'info' });
    try {
      expect(shop.orders).toMatch(/^http:\/\/\[::1\]:\d+$/);
      await eventually(() => expect(shop.log.join('\n')).toContain('"event":"commands-taken"'), patience);
      const prefix = shop.env['KAFKA_TOPIC_PREFIX'] ?? '';
      const data = { sku: '85123A', quantity: 6, unitPrice: { amount: '2.55', currency: 'GBP' } };
      const command = { id: 'i1', type: 'AddItemToCart', stream: 'cart-1', data };
      const producer = kafkaClient([], kafkaJsNetwork(cluster)).producer();
      await producer.connect();
      const messages = [{ key: command.stream, value: JSON.stringify(command) }];
      await producer.send({ topic: `${prefix}orders.commands`, messages });
      await producer.disconnect();
      await eventually(
        async () => expect((await ask(`GET ${shop.orders}/carts/1`)).body).toMatchObject({ total: '15.30' }),
        patience,
      );
      const order = { orderId: '1', cartId: '1', customerId: 'ada' };
      expect((await ask(`POST ${shop.orders}/orders`, { body: order })).status).toBe(201);
      await eventually(async () => expect((await ask(`GET ${shop.projections}/orders/1`)).status).toBe(200), patience);
      expect(await es({ ...shop.env }, 'verify')).toMatchObject({ code: 0 });
    } finally {
      await shop.close();
    }
  });
});
