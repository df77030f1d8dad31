import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually } from '@ledgerline/es-testing';
import {
  alterTopic,
  describeWithBroker,
  kafkaClient,
  namedBrokers,
  runKafkaConfigs,
  topicEnds,
  withAdmin,
} from '@ledgerline/local-servers';
import { provisionTopics } from '../../scripts/services.mjs';
import { ask, es, esJson, isForeign, Shop } from './index.js';

const kafka = kafkaClient(namedBrokers);

// Services that are not ours are not ours to stop.
(isForeign ? describe.skip : describeWithBroker)('a shop on Kafka whose topics are changed while it runs', () => {
  let shop: Shop;
  let backup: string;

  beforeEach(async () => {
    backup = await mkdtemp(join(tmpdir(), 'ledgerline-backup-'));
    shop = await Shop.open({ TOPIC_CHECK_S: '1' });
  });
  afterEach(async () => {
    await shop?.close();
    await rm(backup, { recursive: true, force: true });
  });

  const onCluster = (topic: string): string => `${shop.env['KAFKA_TOPIC_PREFIX']}${topic}`;

  /** An order that is placed, paid and confirmed, so that reactors of both services and the read side have worked. */
  const buy = async (id: string): Promise<void> => {
    const item = { sku: 'a', quantity: 1, unitPrice: { amount: '1.00', currency: 'GBP' } };
    await ask(`POST ${shop.orders}/carts/${id}/items`, { body: item });
    const order = { orderId: id, cartId: id, customerId: 'c' };
    expect((await ask(`POST ${shop.orders}/orders`, { body: order })).status).toBe(201);
    await eventually(async () => {
      const paid = await ask(`POST ${shop.payments}/payments/${id}/process`, { body: { method: 'tok_ok' } });
      expect(paid.status).toBe(200);
    });
    await eventually(async () =>
      expect((await ask(`GET ${shop.projections}/orders/${id}`)).body['status']).toBe('confirmed'),
    );
  };

  /** The status of a service's readiness, and what it says is not as it should be. */
  const readiness = async (url: string): Promise<[status: number, said: readonly unknown[]]> => {
    const { status, body } = await ask(`GET ${url}/health/ready`);
    const { details, detail } = body as { details?: { service: { degraded?: readonly unknown[] } }; detail?: string };
    return [status, details?.service.degraded ?? (detail === undefined ? [] : [detail])];
  };

  const deleteTopics = (...topics: readonly string[]): Promise<unknown> =>
    withAdmin(kafka, (admin) => admin.deleteTopics({ topics: topics.map(onCluster) }));

  it('goes on over a partition that was added, names it, and is rid of it as it says', async () => {
    await buy('before');
    const topic = onCluster('orders.events');
    await withAdmin(kafka, (admin) => admin.createPartitions({ topicPartitions: [{ topic, count: 5 }] }));
    const added = 'orders.events: the topic has 5 partitions, the log in it 4: the others hold nothing that counts';
    for (const url of [shop.orders, shop.payments, shop.projections])
      await eventually(async () => expect(await readiness(url)).toEqual([200, [expect.stringContaining(added)]]));
    // What a service prints comes on its own way.
    await eventually(() => expect(shop.log.filter((line) => line.includes('"log-problem"'))).toHaveLength(3));
    const metrics = (await ask(`GET ${shop.orders}/metrics`)).text;
    expect(metrics).toMatch(/ledgerline_log_problems\{topic="orders.events",promise="kept".*\} 1/);
    await buy('while-it-runs');

    await shop.end();
    await provisionTopics({ env: shop.env });
    // The logs know better: orders of all partitions are reacted to.
    await shop.start(undefined, { TOPIC_PARTITIONS: '2' });
    await Promise.all(Array.from({ length: 8 }, (_, i) => buy(`started-again-${i}`)));
    const verified = await es(shop.env, 'verify', '--json');
    expect([verified.code, JSON.parse(verified.stdout)]).toMatchObject([
      0,
      { ok: true, notes: [expect.stringContaining(added)] },
    ]);
    expect((await es(shop.env, 'lag')).code).toBe(0);
    expect(await topicEnds(kafka, topic)).toEqual([...Array<unknown>(4).fill(expect.any(Number)), 0]);

    // As the sentence says.
    await shop.end();
    const [note = ''] = (JSON.parse(verified.stdout) as { notes: string[] }).notes;
    const [save = '', restore = ''] = [...note.matchAll(/`npm run -s es -- (\w+) DIRECTORY`/g)].map(([, verb]) => verb);
    const { topics } = await esJson<{ topics: { partitions: readonly unknown[] }[] }>(shop.env, save, backup);
    expect(topics.map(({ partitions }) => partitions.length)).toEqual([4, 4]);
    await deleteTopics('orders.events', 'payments.events');
    await eventually(async () => expect((await es(shop.env, restore, backup)).code).toBe(0));
    await shop.start();
    await buy('without-it');
    expect(await readiness(shop.orders)).toEqual([200, []]);
  }, 240_000);

  it('is not ready while a topic loses events or is gone, and is again once what it says was done', async () => {
    await buy('before');
    await shop.end();
    await esJson(shop.env, 'backup', backup);
    await shop.start();

    await alterTopic(kafka, onCluster('orders.events'), { 'retention.ms': '604800000' });
    const deleting = expect.stringContaining('retention.ms is 604800000, not -1: events are deleted');
    await eventually(async () => expect(await readiness(shop.orders)).toEqual([500, [deleting]]));
    await eventually(async () => expect(await readiness(shop.payments)).toEqual([200, [deleting]]));
    const [, [sentence]] = await readiness(shop.orders);
    await runKafkaConfigs(kafka, String(sentence));
    for (const url of [shop.orders, shop.payments])
      await eventually(async () => expect(await readiness(url)).toEqual([200, []]));

    await deleteTopics('orders.events');
    const gone =
      /there is no such topic any more, and what it held is gone; stop the services, delete all topics of the log, and restore a backup with `npm run -s es -- restore DIRECTORY`$/;
    await eventually(async () => expect(await readiness(shop.orders)).toEqual([500, [expect.stringMatching(gone)]]));
    await shop.end();
    await deleteTopics('payments.events');
    await eventually(async () => expect((await es(shop.env, 'restore', backup)).code).toBe(0));
    // The services have recorded since: at least what asked the log for the time.
    await esJson(shop.env, 'restore', '--accept');
    await shop.start();
    await buy('after');
    expect(await readiness(shop.orders)).toEqual([200, []]);
  }, 240_000);
});
