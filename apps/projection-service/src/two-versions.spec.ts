import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { defineEvents, EventStore } from '@ledgerline/es-core';
import { provisionChain } from '@ledgerline/es-core/adapter';
import { catalogueOf, type StoredShape } from '@ledgerline/es-core/runtime';
import { type RunningService, startService } from '@ledgerline/es-nest/fastify';
import {
  eventually,
  memoryLog,
  memoryReadModelStore,
  memoryStorage,
  memoryStreamIndex,
  MemoryTopic,
  type Send,
  sendTo,
  testPlatform,
} from '@ledgerline/es-testing';
import * as events from '@ledgerline/events';
import { readConfig } from '@ledgerline/shop-environment';
import { ordered, orderConfirmed, orderCreated } from './fixtures/order-events.js';
import * as pages from './order-page/order-page.projection.js';
import { projectionEnvironment } from './projection-environment.js';
import { projectionService } from './projection-service.js';

const { orderCreatedV1, orderEvents, ordersTopicEvents, paymentEvents } = events;

/** The published language of the release before: an order did not say when it was created. */
const eventsBefore = (): typeof events => {
  const before = defineEvents(orderEvents.topic, { ...orderEvents.definitions, OrderCreated: orderCreatedV1 });
  return { ...events, orderEvents: before as unknown as typeof orderEvents };
};

describe('a projection service of the release before beside one of today, on the same read models', () => {
  const platform = testPlatform({ seed: 1 });
  const readModels = memoryReadModelStore();
  const topics = new Map<string, MemoryTopic>(
    [orderEvents, paymentEvents].map(({ topic }) => [topic, new MemoryTopic({ topic, partitions: 2 })]),
  );
  const running: RunningService[] = [];
  const troubles: string[] = [];
  let orders: EventStore;
  let older: Send;

  const config = readConfig(projectionEnvironment, { VERIFY_SAMPLE_EVERY_S: '0' });
  const settings = () => {
    const warn = (event: string, facts?: object): void => void troubles.push(`${event} ${JSON.stringify(facts)}`);
    const storage = memoryStorage({ platform, topics, openReadModels: () => Promise.resolve(readModels) });
    const log = { debug: () => undefined, info: () => undefined, warn, error: warn };
    return { storage, log };
  };
  const begun = async (service: RunningService): Promise<Send> => {
    running.push(service);
    await service.ready;
    return sendTo(() => service.url);
  };

  /** The very same service, loaded anew with what there was before. */
  const startOlder = async (): Promise<RunningService> => {
    jest.resetModules();
    jest.unstable_mockModule('@ledgerline/events', eventsBefore);
    jest.unstable_mockModule('./order-page/order-page.projection.js', () => ({
      ...pages,
      orderPage: { ...pages.orderPage, revision: pages.orderPage.revision - 1 },
    }));
    const loaded = await import('./fixtures/loaded-service.js');
    return loaded.startService(loaded.projectionService(config, settings()));
  };

  const before = (id: string): StoredShape => ({
    type: 'OrderCreated.v1',
    data: JSON.stringify({ ...ordered(id), cartId: id }),
  });
  const now = (id: string): StoredShape => catalogueOf(ordersTopicEvents).encode(orderCreated(id));
  /** Stored by somebody who is newer than either. */
  const later = (id: string): StoredShape => ({
    type: 'OrderCreated.v3',
    data: JSON.stringify({ ...orderCreated(id).data, giftWrapped: true }),
  });
  const record = (id: string, created: StoredShape): Promise<unknown> =>
    orders.append(`order-${id}`, 0, [
      created,
      { type: 'OrderGiftWrapped.v1', data: '{}' },
      catalogueOf(ordersTopicEvents).encode(orderConfirmed(id)),
    ]);
  const positions = (): Record<string, string> => ({
    'x-min-position': orders.heads().map(({ topic, partition, ordinal }) => `${topic}/${partition}@${ordinal}`).join(', '), // prettier-ignore
  });
  const dashboard = async (send: Send): Promise<unknown> =>
    (await send('GET', '/customers/17850/dashboard', undefined, positions())).json;
  const generations = async (send: Send): Promise<readonly object[]> => {
    const { items } = (await send('GET', '/projections')).json as {
      readonly items: readonly { readonly name: string; readonly generations: readonly object[] }[];
    };
    return items.find(({ name }) => name === 'order-page')?.generations ?? [];
  };

  beforeAll(async () => {
    for (const topic of topics.values()) await provisionChain(memoryLog(topic), platform);
    orders = await EventStore.open({
      ...{ log: memoryLog(topics.get(orderEvents.topic)), index: memoryStreamIndex(), platform, source: 'orders' },
      onTrouble: (error) => void troubles.push(String(error)),
    });
    older = await begun(await startOlder());
  });
  afterAll(async () => {
    for (const service of running) await service.close();
    await orders.close();
  });

  it('folds what the newer ones record, and answers', async () => {
    for (let i = 0; i < 6; i += 1) await record(`a${i}`, [before, now, later][i % 3]?.(`a${i}`) ?? before('none'));
    expect(await dashboard(older)).toMatchObject({ ordersCount: 6, spent: '91.80' });
    expect((await older('GET', '/orders/a1', undefined, positions())).json).toMatchObject({ status: 'confirmed' });
  });

  it('is folded on by both to the same, and made anew where today’s documents differ', async () => {
    const newer = await begun(await startService(projectionService(config, settings())));
    for (let i = 0; i < 6; i += 1) await record(`b${i}`, [before, now, later][i % 3]?.(`b${i}`) ?? before('none'));
    for (const send of [older, newer])
      expect(await dashboard(send)).toMatchObject({ ordersCount: 12, spent: '183.60' });
    await eventually(async () =>
      expect(await generations(newer)).toMatchObject([{ revision: 4, state: 'live' }, { revision: 3 }]),
    );
    for (const [i, id] of ['b0', 'b1', 'b2'].entries()) {
      const { json } = await newer('GET', `/orders/${id}`, undefined, positions());
      expect(json).toMatchObject({
        status: 'confirmed',
        createdAt: orderCreated(id).data[i === 0 ? 'placedAt' : 'createdAt'],
      });
    }
    for (const name of ['customer-dashboard', 'order-page', 'sales-report'])
      expect((await newer('POST', `/projections/${name}/verify`)).json).toMatchObject({ divergentCount: 0 });
    expect((await older('GET', '/reports/sales?by=day', undefined, positions())).json).toEqual(
      (await newer('GET', '/reports/sales?by=day', undefined, positions())).json,
    );
    expect(troubles).toEqual([]);
  });
});
