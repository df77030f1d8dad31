import { EventStore, formatPosition } from '@ledgerline/es-core';
import { environment, readConfig, storageOf } from '@ledgerline/shop-environment';
import { type OrderCreated, orderEvents } from '@ledgerline/events';
import { ask, es, isForeign, Shop } from './index.js';

const WITHIN_MS = 120_000;

// Where there is no database, there is nothing here to start one with.
const test = isForeign || !process.env['MONGODB_URI'] ? describe.skip : describe;

/** As it was recorded before such text was refused. */
const created: OrderCreated = {
  type: 'OrderCreated',
  data: {
    ...{ orderId: 'old', cartId: 'old', customerId: 'c', country: 'Curac\u0327ao', currency: 'GBP', total: '1.00' },
    ...{ placedAt: '2010-12-01T08:26:00.000Z', createdAt: '2010-12-01T08:26:00.000Z' },
    lines: [
      { lineId: '1', sku: 'x\ude00', description: 'half \ud83d', quantity: 1, unitPrice: '1.00', amount: '1.00' },
    ],
  },
};

test('a log with half of an emoji, and read models on MongoDB', () => {
  let shop: Shop;

  beforeAll(async () => {
    shop = await Shop.open({ KAFKA_BROKERS: '' });
  }, WITHIN_MS);
  afterAll(() => shop.close());

  /** While the order service, whose log it is, is away. */
  const record = async (): Promise<string> => {
    const storage = await storageOf(readConfig(environment, { DATA_DIR: shop.dataDirectory }));
    const log = await storage.openLog(orderEvents.topic, { role: 'writer' });
    const index = await storage.openIndex('of-a-spec', () => undefined);
    const { platform } = storage;
    const store = await EventStore.open({ log, index, platform, source: 'spec', onTrouble: () => undefined });
    try {
      await store.append('order-old', 0, [orderEvents.catalogue.encode(created)]);
      return store
        .heads()
        .map((head) => formatPosition(head))
        .join(',');
    } finally {
      for (const opened of [store, index, log]) await opened.close();
    }
  };

  it(
    'are the same, and one row for a country however it was written',
    async () => {
      await shop.kill('order-service');
      const position = await record();
      await shop.start(['order-service']);
      const page = await ask(`GET ${shop.projections}/orders/old`, { headers: { 'x-min-position': position } });
      expect(page).toMatchObject({
        status: 200,
        body: { lines: [{ sku: 'x\ufffd', description: 'half \ufffd' }] },
      });
      const { body } = await ask(`GET ${shop.projections}/orders?country=${encodeURIComponent('Cura\u00e7ao')}`);
      expect(body['items']).toMatchObject([{ orderId: 'old' }]);
      expect(await es(shop.env, 'verify')).toMatchObject({ code: 0 });
    },
    WITHIN_MS,
  );
});
