import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type MongoProcess, startMongo } from '@ledgerline/local-servers';
import { eventually } from '@ledgerline/es-testing';
import { MongoClient } from 'mongodb';
import { ask, countedLog, es, filesWith, isForeign, Shop } from './index.js';

const MARK = 'Unmistakable';
const ADA = { name: `Ada ${MARK}`, email: `ada@${MARK}.example` };
const FORGOTTEN = { name: '[forgotten]', email: '[forgotten]' };
const MASTER_KEY = Buffer.alloc(32, 7).toString('base64');
const PATIENCE = { everyMs: 100 };
const WITHIN_MS = 180_000;
const brokers = process.env['KAFKA_BROKERS'] ?? '';

// Where there is no broker and no database, there is nothing here to start them with.
const test = isForeign || !process.env['MONGODB_URI'] || brokers === '' ? describe.skip : describe;

test('a person in the shop on MongoDB', () => {
  let directory: string;
  let mongo: MongoProcess;
  let shop: Shop | undefined;
  let shops = 0;

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'ledgerline-mongo-'));
    mongo = await startMongo({ directory });
  }, WITHIN_MS);
  afterEach(() => shop?.close());
  afterAll(async () => {
    await mongo.close();
    await rm(directory, { recursive: true, force: true });
  });

  const open = async (settings: Readonly<Record<string, string>>): Promise<Shop> =>
    (shop = await Shop.open({ MONGODB_URI: `${mongo.uri}-${(shops += 1)}`, LOG_LEVEL: 'info', ...settings }));
  const place = async ({ orders }: Shop, id: string) => {
    const item = { sku: '85123A', quantity: 1, unitPrice: { amount: '2.55', currency: 'GBP' } };
    await ask(`POST ${orders}/carts/${id}/items`, { body: item });
    return ask(`POST ${orders}/orders`, { body: { orderId: id, cartId: id, customerId: 'ada', contact: ADA } });
  };
  const contactAt = async (url: string): Promise<unknown> => (await ask(`GET ${url}`)).body['contact'];
  /** Every document of every collection of every database, as text. */
  const everythingStored = async (): Promise<string> => {
    const client = new MongoClient(mongo.uri);
    try {
      const { databases } = await client.db().admin().listDatabases();
      const stored: unknown[] = [];
      for (const { name } of databases)
        for (const collection of await client.db(name).collections()) stored.push(await collection.find({}).toArray());
      return JSON.stringify(stored);
    } finally {
      await client.close();
    }
  };
  const everyRecord = async ({ env }: Shop): Promise<string> => {
    const topics = ['orders.events', 'payments.events'];
    const prefix = env['KAFKA_TOPIC_PREFIX'] ?? '';
    return JSON.stringify(await Promise.all(topics.map((topic) => countedLog(topic, brokers.split(','), prefix))));
  };

  it(
    'is not taken without a master key, and everything else is',
    async () => {
      const own = await open({ KAFKA_BROKERS: '' });
      expect(await place(own, 'o-0')).toMatchObject({ status: 503, body: { code: 'master-key-missing' } });
      const body = { orderId: 'o-0', cartId: 'o-0', customerId: 'ada' };
      expect((await ask(`POST ${own.orders}/orders`, { body })).status).toBe(201);
    },
    WITHIN_MS,
  );

  it(
    'is nowhere in plain text, in Kafka neither, and is forgotten by all processes',
    async () => {
      const own = await open({ MASTER_KEY });
      expect((await place(own, 'o-1')).status).toBe(201);
      const page = `${own.projections}/orders/o-1`;
      await eventually(async () => expect(await contactAt(page)).toEqual(ADA), PATIENCE);
      expect(await contactAt(`${own.orders}/orders/o-1`)).toEqual(ADA);
      for (const stored of [await everythingStored(), await everyRecord(own)]) {
        expect(stored).toContain('1:ada:contact.email:');
        expect(stored).not.toContain(MARK);
      }
      for (const place of [directory, own.dataDirectory]) expect(filesWith(place, MARK)).toEqual([]);
      expect(own.log.filter((line) => line.includes(MARK))).toEqual([]);

      expect((await es(own.env, 'forget', 'ada')).code).toBe(0);
      await eventually(async () => expect(await contactAt(page)).toEqual(FORGOTTEN), { timeoutMs: 1_500, everyMs: 50 });
      expect(await contactAt(`${own.orders}/orders/o-1`)).toEqual(FORGOTTEN);
      await eventually(async () => expect((await es(own.env, 'verify')).code).toBe(0), PATIENCE);
    },
    WITHIN_MS,
  );

  it(
    'is missed by a service that starts while the keys cannot be reached, which takes other commands meanwhile',
    async () => {
      const own = await open({ KAFKA_BROKERS: '', MASTER_KEY });
      await own.kill('order-service');
      await mongo.kill();
      await own.start(['order-service']);
      expect(await place(own, 'o-2')).toMatchObject({ status: 503, body: { retriable: true } });
      const body = { orderId: 'o-2', cartId: 'o-2', customerId: 'bob' };
      expect((await ask(`POST ${own.orders}/orders`, { body })).status).toBe(201);
      await mongo.restart();
      await eventually(async () => {
        const contact = { name: `Bob ${MARK}` };
        const cart = await ask(`POST ${own.orders}/carts/c-3/items`, {
          body: { sku: 'A', quantity: 1, unitPrice: { amount: '1.00', currency: 'GBP' } },
          headers: { 'idempotency-key': 'item-of-c-3' },
        });
        expect(cart.status).toBe(200);
        const order = { orderId: 'o-3', cartId: 'c-3', customerId: 'bob', contact };
        const headers = { 'idempotency-key': 'order-of-c-3' };
        expect((await ask(`POST ${own.orders}/orders`, { body: order, headers })).status).toBe(201);
      }, PATIENCE);
    },
    WITHIN_MS,
  );
});
