import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type MongoProcess, startMongo } from '@ledgerline/local-servers';
import { eventually } from '@ledgerline/es-testing';
import { ask, type Body, es, isForeign, Shop } from './index.js';

const WITHIN_MS = 120_000;
const PATIENCE = { everyMs: 100 };

// Where there is no database, there is nothing here to start one with; that of services that are not ours is not ours to kill.
const test = isForeign || !process.env['MONGODB_URI'] ? describe.skip : describe;

test('the shop on MongoDB', () => {
  let directory: string;
  let mongo: MongoProcess | undefined;
  let shop: Shop | undefined;

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'ledgerline-mongo-'));
    [mongo, shop] = [undefined, undefined];
  });
  afterEach(async () => {
    await shop?.close();
    await mongo?.close();
    await rm(directory, { recursive: true, force: true });
  });

  const open = async (): Promise<[MongoProcess, Shop]> => {
    mongo = await startMongo({ directory });
    shop = await Shop.open({ KAFKA_BROKERS: '', MONGODB_URI: mongo.uri });
    return [mongo, shop];
  };

  /** Answers the position of an order that was placed. */
  const order = async ({ orders }: Shop, id: string): Promise<string> => {
    const unitPrice = { amount: '2.55', currency: 'GBP' };
    await ask(`POST ${orders}/carts/${id}/items`, { body: { sku: '85123A', quantity: 6, unitPrice } });
    const placed = await ask(`POST ${orders}/orders`, { body: { orderId: id, cartId: id, customerId: 'ada' } });
    expect(placed.status).toBe(201);
    return placed.header('x-position') ?? '';
  };

  const verified = async ({ env }: Shop): Promise<void> => {
    const { stdout } = await es(env, 'verify', '--json');
    expect(JSON.parse(stdout) as Body).toMatchObject({ ok: true });
  };

  it(
    'answers queries with 503 while it is gone, and misses nothing that was ordered meanwhile',
    async () => {
      const [database, own] = await open();
      const before = await order(own, 'before');
      const query = (id: string, min: string) =>
        ask(`GET ${own.projections}/orders/${id}`, { headers: { 'x-min-position': min } });
      await eventually(async () => expect((await query('before', before)).status).toBe(200), PATIENCE);
      await database.kill();
      const meanwhile = await order(own, 'meanwhile');
      expect(await query('before', before)).toMatchObject({ status: 503, body: { code: 'read-models-unavailable' } });
      await database.restart();
      await eventually(async () => expect((await query('meanwhile', meanwhile)).status).toBe(200), PATIENCE);
      await eventually(() => verified(own), PATIENCE);
    },
    WITHIN_MS,
  );

  it(
    'is waited for by a service that starts without it',
    async () => {
      const [database, own] = await open();
      await database.kill();
      await own.kill('projection-service');
      const ready = own.start(['projection-service']);
      const statusOf = async (path: string) => (await ask(`GET ${own.projections}${path}`)).status;
      await eventually(async () => expect(await statusOf('/health/live')).toBe(200), PATIENCE);
      expect(await statusOf('/health/ready')).toBe(503);
      await database.restart();
      await ready;
      expect(await statusOf('/health/ready')).toBe(200);
      await eventually(() => verified(own), PATIENCE);
    },
    WITHIN_MS,
  );
});
