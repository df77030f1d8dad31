import { randomUUID } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { eventually } from '@ledgerline/es-testing';
import { describeWithOwnBrokers, type KafkaCluster, startKafka } from '@ledgerline/local-servers';
import {
  ask,
  CartLoad,
  type CountedLog,
  es,
  expected,
  expectedFigures,
  Instance,
  judgedLoad,
  preferredAt,
  reportedFigures,
  SAMPLE,
  SAMPLE_COMMANDS,
  Shop,
} from './index.js';

const ALL = [0, 1, 2, 3];
/** Longer than a session: an instance that is silent for so long is held for dead. */
const LONGER_THAN_A_SESSION_MS = 13_000;
const SOME_LOAD = 400;

await describeWithOwnBrokers('several instances of the services on one topic', () => {
  let directory: string;
  let kafka: KafkaCluster;
  let shop: Shop;
  let prefix: string;
  let gateway: string;
  let more: Instance[];
  let load: CartLoad | undefined;

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'ledgerline-e2e-kafka-'));
    kafka = await startKafka({ brokers: 1, directory });
  });
  afterAll(async () => {
    await kafka?.close();
    await rm(directory, { recursive: true, force: true });
  });

  beforeEach(async () => {
    prefix = `e2e-${randomUUID()}.`;
    gateway = await mkdtemp(join(directory, 'gateway-'));
    const secret = { INSTANCE_SECRET: `${randomUUID()}${randomUUID()}` };
    const onKafka = {
      KAFKA_BROKERS: kafka.brokers.join(','),
      KAFKA_TOPIC_PREFIX: prefix,
      GATEWAY_DIR: gateway,
      ...secret,
    };
    [more, load] = [[], undefined];
    shop = await Shop.open(onKafka);
  });
  afterEach(async () => {
    await load?.abandon();
    for (const instance of more) await instance.close();
    await shop?.close();
  });

  const start = async (name: 'order-service' | 'payment-service'): Promise<Instance> => {
    const instance = await Instance.start(shop, name);
    more.push(instance);
    return instance;
  };
  const preferred = async (...urls: readonly string[]): Promise<readonly (readonly number[])[]> =>
    await Promise.all(urls.map(preferredAt));
  const shared = (...urls: readonly string[]): Promise<void> =>
    eventually(
      async () => {
        const partitions = await preferred(...urls);
        expect(partitions.flat().sort()).toEqual(ALL);
        expect(Math.min(...partitions.map(({ length }) => length))).toBe(Math.floor(4 / urls.length));
      },
      { timeoutMs: 30_000, everyMs: 50 },
    );

  const judged = (load: CartLoad): Promise<CountedLog> => judgedLoad(load, { brokers: kafka.brokers, prefix });

  /** How often the bank took money: of entries under one key the first one counts. */
  const charges = async (): Promise<number> => {
    const lines = (await readFile(join(gateway, 'ledger.ndjson'), 'utf8')).split('\n').filter(Boolean);
    const entries = lines.map((line) => JSON.parse(line) as { kind: string; key: string });
    return new Set(entries.flatMap(({ kind, key }) => (kind === 'charge' ? [key] : []))).size;
  };

  it('lose nothing while one joins, one leaves and one is killed, and waste little', async () => {
    await shared(shop.orders);
    load = new CartLoad({ name: 'load', urls: [shop.orders] });
    await load.more(SOME_LOAD);
    const second = await start('order-service');
    load.urls = [shop.orders, second.url];
    await shared(shop.orders, second.url);
    await load.more(SOME_LOAD);
    const third = await start('order-service');
    load.urls = [shop.orders, second.url, third.url];
    await shared(shop.orders, second.url, third.url);
    await load.more(SOME_LOAD);
    expect(await second.end()).toMatchObject({ code: 0 });
    load.urls = [shop.orders, third.url];
    await shared(shop.orders, third.url);
    await load.more(SOME_LOAD);
    await third.kill();
    load.urls = [shop.orders];
    await shared(shop.orders);
    await load.more(SOME_LOAD);
    const { records, refused } = await judged(load);
    expect(load.acknowledged.length).toBeGreaterThan(1_000);
    expect(refused / records.length).toBeLessThan(0.01);
  }, 180_000);

  it('answer nothing old after a halt that outlasted the session, and share again', async () => {
    const second = await start('order-service');
    await shared(shop.orders, second.url);
    load = new CartLoad({ name: 'halt', urls: [shop.orders] });
    await load.more(SOME_LOAD);
    second.signal('SIGSTOP');
    await pause(LONGER_THAN_A_SESSION_MS);
    await shared(shop.orders);
    second.signal('SIGCONT');
    load.urls = [shop.orders, second.url];
    await shared(shop.orders, second.url);
    await load.more(SOME_LOAD);
    await judged(load);
  }, 180_000);

  it('record nothing of what was refused while one of them was halted, when that one goes on', async () => {
    const second = await start('order-service');
    await shared(shop.orders, second.url);
    const post = (path: string, body: object) => ask(`POST ${shop.orders}${path}`, { body });
    const goods = { quantity: 2, unitPrice: { amount: '3.39', currency: 'GBP' }, sku: '71053' };
    const names = Array.from({ length: 8 }, (_, number) => `n${number}`);
    const order = (cartId: string, orderId: string) => post('/orders', { cartId, orderId, customerId: 'c' });
    const giveBack = (name: string) =>
      post('/returns', { returnId: `r-${name}`, orderId: `o-${name}`, customerId: 'c', lines: [goods] });
    second.signal('SIGSTOP');
    // Half of it is handed over to the halted one.
    const refused = await Promise.all(names.flatMap((name) => [order(`empty-${name}`, `x-${name}`), giveBack(name)]));
    expect(new Set(refused.map(({ body }) => body['code']))).toEqual(new Set(['cart-empty', 'order-not-found']));
    // From now on it would all be accepted.
    for (const name of names) {
      for (const cart of [`empty-${name}`, `full-${name}`]) await post(`/carts/${cart}/items`, goods);
      expect((await order(`full-${name}`, `o-${name}`)).status).toBe(201);
    }
    await eventually(
      async () => {
        for (const name of names)
          await ask(`POST ${shop.payments}/payments/o-${name}/process`, { body: { method: 'tok_ok' } });
        for (const name of names)
          expect((await ask(`GET ${shop.orders}/orders/o-${name}`)).body['status']).toBe('confirmed');
      },
      { timeoutMs: 60_000, everyMs: 200 },
    );
    second.signal('SIGCONT');
    await shared(shop.orders, second.url);
    for (const name of names) {
      expect((await ask(`GET ${second.url}/carts/empty-${name}`)).body['status']).toBe('open');
      expect((await ask(`GET ${second.url}/streams/order-o-${name}/events`)).text).not.toContain('ReturnAccepted');
    }
  }, 180_000);

  it('bring a day of orders to the same figures while others come and go', async () => {
    const orders = await start('order-service');
    const payments = await start('payment-service');
    await shared(shop.orders, orders.url);
    await shared(shop.payments, payments.url);
    const importing = es(shop.env, 'import', 'retail', SAMPLE, '--json');
    await eventually(
      async () => {
        const { body } = await ask(`GET ${shop.orders}/log`);
        const heads = (body['items'] as { position: string }[]).map(({ position }) => Number(position.split('@')[1]));
        expect(heads.reduce((sum, head) => sum + head, 0)).toBeGreaterThan(1_000);
      },
      { timeoutMs: 30_000, everyMs: 5 },
    );
    await orders.kill();
    await payments.kill();
    const again = await start('payment-service');
    const { code, stdout, stderr } = await importing;
    expect([code, stderr]).toEqual([0, expect.not.stringContaining('es: ')]);
    const { recorded, repeated } = JSON.parse(stdout) as { recorded: number; repeated: number };
    expect(recorded + repeated).toBe(SAMPLE_COMMANDS);
    expect(await reportedFigures(shop)).toEqual(expectedFigures());
    expect(await charges()).toBe(expected.orders);
    expect(await again.end()).toMatchObject({ code: 0 });
    const verified = JSON.parse((await es(shop.env, 'verify', '--json')).stdout) as object;
    expect(verified).toMatchObject({ ok: true });
  }, 180_000);
});
