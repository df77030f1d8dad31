import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { rehearseReadModels } from '@ledgerline/es-nest-projections';
import { eventually, memoryReadModelStore, memoryStorage, recordedTopic } from '@ledgerline/es-testing';
import { orderEvents, paymentEvents } from '@ledgerline/events';
import { customerDashboard } from './customer-dashboard/customer-dashboard.projection.js';
import { ShopInMemory } from './fixtures/shop-in-memory.js';
import { orderPage } from './order-page/order-page.projection.js';
import { salesReport } from './sales-report/sales-report.projection.js';
import { projections } from './projections.js';

type Documents = Readonly<Record<string, Record<string, unknown>>>;

const recorded = (name: string): string =>
  readFileSync(new URL(`../../../samples/recordings/2026-11/${name}`, import.meta.url), 'utf8');

/** As the code of that time made them. */
const before = JSON.parse(recorded('documents.json')) as Readonly<Record<string, Documents>>;

/** What has come to the documents since: orders say when they were created, for these orders when they were placed. */
const withCreatedAt = (pages: Documents): Documents =>
  Object.fromEntries(
    Object.entries(pages).map(([id, page]) => {
      const order = page['order'] as { readonly placedAt: string };
      return [id, { ...page, order: { ...order, createdAt: order.placedAt } }];
    }),
  );

describe('the read models of what was recorded in November 2026', () => {
  const store = memoryReadModelStore();
  const shop = new ShopInMemory(store);

  const documentsOf = async ({ name, revision }: { readonly name: string; readonly revision: number }) => {
    const found = await store.find(`${name}-r${revision}-g1`, { limit: 1_000 });
    return Object.fromEntries(found.flatMap(({ id, document }) => (document ? [[id, document]] : [])));
  };

  beforeAll(async () => {
    for (const { topic } of [orderEvents, paymentEvents])
      shop.topics.set(topic, recordedTopic(topic, recorded(`${topic}.ndjson`)));
    const service = await shop.start();
    await service.ready;
    await eventually(async () => {
      const { items } = (await (await fetch(`${shop.url}/projections`)).json()) as {
        readonly items: readonly {
          readonly partitions: readonly { readonly lag: number; readonly ordinal: number }[];
        }[];
      };
      for (const { partitions } of items)
        for (const partition of partitions) expect(partition).toMatchObject({ lag: 0 });
      expect(items).toHaveLength(3);
    });
  });
  afterAll(() => shop.close());

  it('are what they were, with what has come to them since', async () => {
    expect(await documentsOf(orderPage)).toEqual(withCreatedAt(before['order-page'] ?? {}));
    expect(await documentsOf(customerDashboard)).toEqual(before['customer-dashboard']);
    expect(await documentsOf(salesReport)).toEqual(before['sales-report']);
  });

  it('are what a replay gives', async () => {
    for (const name of ['customer-dashboard', 'order-page', 'sales-report']) {
      const answer = await fetch(`${shop.url}/projections/${name}/verify`, { method: 'POST' });
      expect(await answer.json()).toMatchObject({ divergentCount: 0 });
    }
  });

  it('are rehearsed: what this code makes of the log, beside what answers', async () => {
    const storage = memoryStorage({
      ...{ platform: shop.platform, topics: shop.topics, openReadModels: () => Promise.resolve(store) },
    });
    const rehearsed = async () => (await rehearseReadModels(projections, storage)).readModels;
    expect(await rehearsed()).toMatchObject([
      { name: 'customer-dashboard', revision: 2, liveRevision: 2, checked: 4, changedCount: 0 },
      { name: 'order-page', revision: 4, liveRevision: 4, checked: 6, changedCount: 0 },
      { name: 'sales-report', checked: 25, changedCount: 0 },
    ]);
    const [page] = (await store.load('order-page-r4-g1', ['536365'])).values();
    const { revision = 0, ...rest } = page ?? { id: '', document: {}, positions: {} };
    const older = { ...rest, document: { ...rest.document, status: 'created' }, expectedRevision: revision };
    expect(await store.write('order-page-r4-g1', [older])).toEqual([]);
    const changed = [{ id: '536365', problem: 'different', fields: ['status'] }];
    expect((await rehearsed())[1]).toMatchObject({ changedCount: 1, changed });
  });

  it('say when an order was created', async () => {
    const page = await (await fetch(`${shop.url}/orders/536365`)).json();
    expect(page).toMatchObject({ placedAt: '2010-12-01T08:26:00.000Z', createdAt: '2010-12-01T08:26:00.000Z' });
  });
});
