import type { StoredDocument } from '@ledgerline/es-core';
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

describe('what is known to differ', () => {
  let shop: ShopInMemory;
  let models: ReadModels;
  /** As it should be. */
  let good: StoredDocument;

  const verify = async (sample?: number): Promise<object> => {
    const body = { headers: { 'content-type': 'application/json' }, body: JSON.stringify({ sample }) };
    const answer = await fetch(`${shop.url}/projections/order-page/verify`, { method: 'POST', ...body });
    return (await answer.json()) as object;
  };
  const write = async (document: object | undefined): Promise<void> => {
    const { collection } = models.orderPage;
    const { revision = 0 } = (await shop.readModels.load(collection, ['o1'])).get('o1') ?? {};
    const changed = { ...good, document: document && { ...document }, expectedRevision: revision };
    expect(await shop.readModels.write(collection, [changed])).toEqual([]);
  };
  const divergent = (): Promise<number | undefined> => metric(shop, 'divergent_documents');

  beforeEach(async () => {
    shop = new ShopInMemory();
    await shop.provision();
    const service = await shop.start();
    await service.ready;
    models = service.app.get(ReadModels);
    const min = await shop.recordOrder('o1', orderCreated('o1'));
    await fetch(`${shop.url}/projections`, { headers: { 'x-min-position': min } });
    const found = (await shop.readModels.load(models.orderPage.collection, ['o1'])).get('o1');
    if (!found) throw new Error('it was there a moment ago');
    good = found;
    await write({ ...good.document, status: 'cancelled' });
    expect(await verify()).toMatchObject({ divergentCount: 1 });
    expect(await divergent()).toBe(1);
  });

  afterEach(() => shop.close());

  it('stays so in a sample without it, until it is found right', async () => {
    expect(await verify(0.0001)).toMatchObject({ checked: 1, divergent: [{ id: 'o1', fields: ['status'] }] });
    expect(await divergent()).toBe(1);
    await write(good.document);
    expect(await verify(0.0001)).toMatchObject({ checked: 1, divergentCount: 0 });
    expect(await divergent()).toBe(0);
    expect(await verify(0.0001)).toMatchObject({ checked: 0 });
  });

  it('is none of another generation that answers', async () => {
    const was = models.orderPage.collection;
    await models.orderPage.generations.rebuild();
    await eventually(() => expect(models.orderPage.collection).not.toBe(was));
    expect(await divergent()).toBe(0);
  });

  it('stays so where a check cannot be done, which is counted', async () => {
    const time = await metric(shop, 'last_seconds');
    shop.platform.moveClock(5_000);
    shop.storeAnswers = false;
    expect(await verify()).toMatchObject({ code: 'read-models-unavailable' });
    shop.storeAnswers = true;
    expect(
      await Promise.all(['divergent_documents', 'last_seconds', 'failures_total'].map((n) => metric(shop, n))),
    ).toEqual([1, time, 1]);
  });
});
