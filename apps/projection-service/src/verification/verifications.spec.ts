import type { Log, LogFacts } from '@ledgerline/es-nest';
import { eventually, memoryReadModelStore } from '@ledgerline/es-testing';
import { orderCreated } from '../fixtures/order-events.js';
import { ShopInMemory } from '../fixtures/shop-in-memory.js';
import { ReadModels } from '../read-models/read-models.js';

const metric = async (shop: ShopInMemory, name: string): Promise<number | undefined> => {
  const text = await (await fetch(`${shop.url}/metrics`)).text();
  const line = new RegExp(`^ledgerline_verification_${name}\\{.*projection="order-page".*\\} (\\S+)$`, 'm').exec(text);
  return line ? Number(line[1]) : undefined;
};

describe('a service that runs', () => {
  it('finds by itself what was changed, says so, and says when it is mended', async () => {
    const errors: LogFacts[] = [];
    const none = (): void => undefined;
    const error = (event: string, facts: LogFacts = {}): void => void errors.push({ event, ...facts });
    const log: Log = { debug: none, info: none, warn: none, error };
    const store = memoryReadModelStore();
    const shop = new ShopInMemory(store);
    try {
      await shop.provision();
      const service = await shop.start({ env: { VERIFY_SAMPLE_EVERY_S: '1', VERIFY_SAMPLE_PERCENT: '100' }, log });
      await service.ready;
      const position = await shop.recordOrder('o1', orderCreated('o1'));
      await fetch(`${shop.url}/orders/o1`, { headers: { 'x-min-position': position } });
      const { collection } = service.app.get(ReadModels).orderPage;
      const good = (await store.load(collection, ['o1'])).get('o1');
      if (!good?.document) throw new Error('it was there a moment ago');
      const write = async (document: object, expectedRevision: number): Promise<void> => {
        expect(await store.write(collection, [{ ...good, document: { ...document }, expectedRevision }])).toEqual([]);
      };
      await write({ ...good.document, status: 'cancelled' }, 1);
      await eventually(async () => expect(await metric(shop, 'divergent_documents')).toBe(1));
      expect(errors[0]).toEqual({
        ...{ event: 'read-model-diverged', projection: 'order-page', id: 'o1', problem: 'different' },
        ...{ fields: ['status'], position, stream: 'order-o1', version: 1, type: 'OrderCreated' },
        seed: expect.any(String) as string,
      });
      await write(good.document, 2);
      await eventually(async () => expect(await metric(shop, 'divergent_documents')).toBe(0));
      expect(await metric(shop, 'documents_total')).toBeGreaterThanOrEqual(2);
      expect(await metric(shop, 'last_seconds')).toBe(shop.platform.now() / 1_000);
    } finally {
      await shop.close();
    }
  }, 60_000);

  it('checks nothing where it is told not to', async () => {
    const shop = new ShopInMemory();
    try {
      await shop.provision();
      await (
        await shop.start({ env: { VERIFY_SAMPLE_EVERY_S: '0' } })
      ).ready;
      await fetch(`${shop.url}/projections/order-page/verify`, { method: 'POST' });
      expect(await metric(shop, 'documents_total')).toBe(0);
    } finally {
      await shop.close();
    }
  });
});
