import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually } from '@ledgerline/es-testing';
import { ask, type Body, es, filesWith, isForeign, Shop } from './index.js';

const MARK = 'Unmistakable';
const ADA = { name: `Ada ${MARK}`, email: `ada@${MARK}.example`, address: [`12 ${MARK} Street`, 'London'] };
const FORGOTTEN = { name: '[forgotten]', email: '[forgotten]', address: '[forgotten]' };
const ITEM = { sku: '85123A', quantity: 1, unitPrice: { amount: '2.55', currency: 'GBP' } };
/** So many events of a stream make a snapshot. */
const SNAPSHOT_EVERY = 100;
const PATIENCE = { everyMs: 100 };
const WITHIN_MS = 120_000;

// What lies on the disks of services that are not ours cannot be looked into.
const test = isForeign ? describe.skip : describe;

test('a person in the shop', () => {
  let shop: Shop;
  let backup: string;

  beforeAll(async () => {
    shop = await Shop.open({ KAFKA_BROKERS: '', MONGODB_URI: '', LOG_LEVEL: 'trace' });
    backup = mkdtempSync(join(tmpdir(), 'ledgerline-backup-'));
  }, WITHIN_MS);
  afterAll(async () => {
    await shop.close();
    rmSync(backup, { recursive: true });
  });

  const checkOut = (id: string, data: object) => ({
    id: `${id}-out`,
    type: 'CheckOutCart',
    stream: `cart-${id}`,
    data,
  });
  /** The check-out is the cart's hundredth event: a snapshot is made of what it comes to. */
  const orderWithSnapshot = async (id: string, customerId: string): Promise<void> => {
    const items = Array.from({ length: SNAPSHOT_EVERY - 1 }, (_, i) => ({
      ...{ id: `${id}-${i}`, type: 'AddItemToCart', stream: `cart-${id}`, data: ITEM },
    }));
    const lines = [...items, checkOut(id, { orderId: id, customerId, contact: ADA })];
    const { text } = await ask(`POST ${shop.orders}/commands`, {
      text: lines.map((line) => JSON.stringify(line)).join('\n'),
      headers: { 'content-type': 'application/x-ndjson' },
    });
    expect(text.match(/"accepted"/g)).toHaveLength(SNAPSHOT_EVERY);
  };
  const contactAt = async (url: string): Promise<unknown> => (await ask(`GET ${url}`)).body['contact'];
  const everyAnswerShows = async (id: string, contact: object): Promise<void> => {
    for (const url of [`${shop.orders}/orders/${id}`, `${shop.orders}/carts/${id}`, `${shop.projections}/orders/${id}`])
      expect(await contactAt(url)).toEqual(contact);
    const { text } = await ask(`GET ${shop.projections}/orders?customerId=ada`);
    expect(text).toContain(JSON.stringify(contact));
    const { stdout } = await es(shop.env, 'read', `order-${id}`);
    expect(stdout).toContain(JSON.stringify(contact));
  };
  const verifies = async (): Promise<void> => {
    const { stdout } = await es(shop.env, 'verify', '--json');
    expect(JSON.parse(stdout) as Body).toMatchObject({ ok: true });
  };
  const plainTextIn = (directory: string): readonly string[] => filesWith(directory, MARK);

  it(
    'is nowhere in plain text: not in the log, indexes, snapshots, documents, backups, nor what is logged',
    async () => {
      await orderWithSnapshot('o-1', 'ada');
      await orderWithSnapshot('o-2', 'bob');
      await orderWithSnapshot('o-3', 'ada');
      await eventually(() => everyAnswerShows('o-1', ADA), PATIENCE);
      await eventually(async () => expect(await contactAt(`${shop.projections}/orders/o-3`)).toEqual(ADA), PATIENCE);
      await eventually(verifies, PATIENCE);
      await ask(`POST ${shop.orders}/orders`, {
        body: { cartId: 'o-1', customerId: 'ada', contact: { ...ADA, age: 1 } },
      });

      // A snapshot alone says that a cart was checked out; it and a document hold the contact, sealed.
      await eventually(() => {
        expect(filesWith(shop.dataDirectory, '"status":"checked-out"')).toEqual(['index/order-service/data.mdb']);
        for (const file of ['index/order-service/data.mdb', 'read-models/data.mdb'])
          expect(filesWith(shop.dataDirectory, '1:ada:contact.email:')).toContain(file);
      }, PATIENCE);
      cpSync(join(shop.dataDirectory, 'log'), join(backup, 'log'), { recursive: true });
      expect(filesWith(backup, '1:ada:contact.email:')).not.toEqual([]);
      expect([plainTextIn(shop.dataDirectory), plainTextIn(backup)]).toEqual([[], []]);
      expect(shop.log.filter((line) => line.includes(MARK))).toEqual([]);
    },
    WITHIN_MS,
  );

  it(
    'is forgotten in every answer within a second, while everything else stays as it was',
    async () => {
      const { code, stdout } = await es(shop.env, 'forget', 'ada', '--reason', 'letter 17', '--actor', 'officer');
      expect([code, stdout]).toEqual([0, expect.stringMatching(/^ada was forgotten at /)]);
      await eventually(() => everyAnswerShows('o-1', FORGOTTEN), { timeoutMs: 1_500, everyMs: 50 });
      expect(await contactAt(`${shop.projections}/orders/o-3`)).toEqual(FORGOTTEN);
      expect(await contactAt(`${shop.projections}/orders/o-2`)).toEqual(ADA);
      expect((await es(shop.env, 'read', 'subject-ada')).stdout).toMatch(
        /PersonalDataForgotten {2}by officer\n.*letter 17/,
      );
    },
    WITHIN_MS,
  );

  it(
    'stays forgotten in what is made anew, and the chain and every replay hold',
    async () => {
      expect((await es(shop.env, 'rebuild', 'order-page')).code).toBe(0);
      await verifies();
      await shop.kill('order-service');
      rmSync(join(shop.dataDirectory, 'index', 'order-service'), { recursive: true });
      await shop.start(['order-service']);
      await everyAnswerShows('o-1', FORGOTTEN);
      expect(plainTextIn(shop.dataDirectory)).toEqual([]);
    },
    WITHIN_MS,
  );
});
