import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { EventStore, eventCatalogue, eventType, provisionChain } from '@ledgerline/es-core';
import { type Adapters, environment, readConfig, type RunningService, startService } from '@ledgerline/es-nest';
import {
  eventually,
  memoryKeyStore,
  memoryLog,
  memoryReactorProgress,
  memoryStreamIndex,
  MemoryTopic,
  type Send,
  sendTo,
  testPlatform,
} from '@ledgerline/es-testing';
import * as events from '@ledgerline/events';
import { SharedPartitions } from './fixtures/shared-partitions.js';
import { orderService } from './order-service.js';

const { cartEventTypes, orderCreatedV1, orderEventTypes, ordersTopic, paymentEvents, paymentsTopic } = events;

/** The published language of the release before: an order did not say when it was created. */
const eventsBefore = (): typeof events => {
  const created = eventType('OrderCreated', [orderCreatedV1]);
  const types = orderEventTypes.map((type) =>
    type.name === 'OrderCreated' ? created : type,
  ) as typeof orderEventTypes;
  const catalogue = eventCatalogue<events.OrdersEvent>([...cartEventTypes, ...types, ...events.returnEventTypes]);
  return {
    ...events,
    orderCatalogue: eventCatalogue<events.OrderEvent>(types),
    ...{ orderEvents: catalogue, ordersTopic: { ...ordersTopic, catalogue } },
  };
};

const placedAt = '2010-12-01T08:26:00.000Z';
const item = { sku: '85123A', quantity: 1, unitPrice: { amount: '2.55', currency: 'GBP' } };

/** Nobody here has personal data. */
const notNeeded = (): never => {
  throw new Error('not asked for');
};

describe('an order service of the release before beside one of today', () => {
  const platform = testPlatform({ seed: 1 });
  const topics = new Map<string, MemoryTopic>(
    [ordersTopic, paymentsTopic].map(({ topic }) => [topic, new MemoryTopic({ topic, partitions: 2 })]),
  );
  const keys = memoryKeyStore();
  const shared = new SharedPartitions();
  const running: RunningService[] = [];
  let payments: EventStore;
  let older: Send;
  let newer: Send;
  const troubles: string[] = [];

  const adapters = (): Adapters => ({
    ...{ platform, instances: shared.instances, lock: () => Promise.resolve({ close: () => Promise.resolve() }) },
    ...{ ownLog: (topic) => Promise.resolve(memoryLog(topics.get(topic))) },
    ...{ index: () => Promise.resolve(memoryStreamIndex()) },
    foreignLog: (topic) => Promise.resolve(memoryLog(topics.get(topic))),
    bareLog: () => Promise.reject(new Error('not asked for')),
    readModels: () => Promise.reject(new Error('not asked for')),
    progress: () => memoryReactorProgress(),
    personal: {
      cryptography: { newKey: notNeeded, encrypt: notNeeded, decrypt: notNeeded, hmac: notNeeded },
      keys: () => Promise.resolve(keys),
      masterKeys: () => Promise.resolve(undefined),
    },
  });
  const warn = (event: string, facts?: object): void => void troubles.push(`${event} ${JSON.stringify(facts)}`);
  const settings = () => ({
    config: readConfig(environment, { ORDER_SERVICE_PORT: '0', TOPIC_PARTITIONS: '2' }),
    adapters: adapters(),
    log: { debug: () => undefined, info: () => undefined, warn, error: warn },
  });
  const begun = async (service: RunningService): Promise<Send> => {
    running.push(service);
    await service.ready;
    return sendTo(() => service.url);
  };

  /** The very same service, loaded anew with what it published before. */
  const startOlder = async (): Promise<RunningService> => {
    jest.resetModules();
    jest.unstable_mockModule('@ledgerline/events', eventsBefore);
    const loaded = await import('./fixtures/loaded-service.js');
    return loaded.startService(loaded.orderService, settings());
  };

  beforeAll(async () => {
    for (const topic of topics.values()) await provisionChain(memoryLog(topic), platform);
    older = await begun(await startOlder());
    newer = await begun(await startService(orderService, settings()));
    await shared.shareOut();
    payments = await EventStore.open({
      ...{ log: memoryLog(topics.get(paymentsTopic.topic)), index: memoryStreamIndex(), platform, source: 'payments' },
      onTrouble: (error) => void troubles.push(String(error)),
    });
  });
  afterAll(async () => {
    for (const service of running) await service.close();
    await payments.close();
  });

  const created = (): readonly { readonly stream: string; readonly type: string }[] =>
    [0, 1].flatMap((partition) => {
      const log = topics.get(ordersTopic.topic);
      const { start, end } = log?.bounds(partition) ?? { start: 0, end: 0 };
      return (log?.slice(partition, start, end) ?? []).flatMap(({ key, headers }) => {
        const type = headers['ce_type'] ?? '';
        return type.startsWith('OrderCreated') ? [{ stream: key, type }] : [];
      });
    });

  const place = async (send: Send, id: string): Promise<void> => {
    expect((await send('POST', `/carts/${id}/items`, item)).status).toBe(200);
    const order = { orderId: id, cartId: id, customerId: 'ada', placedAt };
    expect(await send('POST', '/orders', order)).toMatchObject({ status: 201 });
  };
  const pay = (id: string): Promise<unknown> =>
    payments.append(`payment-${id}`, 0, [
      paymentEvents.encode({
        type: 'PaymentProcessed',
        data: { orderId: id, attempt: 1, amount: { amount: '2.55', currency: 'GBP' }, reference: `r-${id}` },
      }),
    ]);
  const statusAt = async (send: Send, id: string): Promise<unknown> =>
    (await send('GET', `/orders/${id}`)).json['status'];

  const ids = Array.from({ length: 16 }, (_, i) => `o-${i}`);

  it('takes commands for the same orders, and both know how they stand', async () => {
    await Promise.all(ids.map((id, i) => place(i % 2 === 0 ? older : newer, id)));
    // Both have recorded, each in its own version.
    expect(new Set(created().map(({ type }) => type))).toEqual(new Set(['OrderCreated.v1', 'OrderCreated.v2']));
    expect(created().map(({ stream }) => stream).sort()).toEqual(ids.map((id) => `order-${id}`).sort()); // prettier-ignore
    await Promise.all(ids.slice(0, 8).map(pay));
    await Promise.all(
      ids
        .slice(8, 12)
        .map((id, i) => (i % 2 === 0 ? newer : older)('POST', `/orders/${id}/cancel`, { reason: 'late' })),
    );
    const expected = ids.map((_, i) => (i < 8 ? 'confirmed' : i < 12 ? 'cancelled' : 'created'));
    for (const send of [older, newer])
      await eventually(async () => expect(await Promise.all(ids.map((id) => statusAt(send, id)))).toEqual(expected));
    expect(troubles).toEqual([]);
  });

  it('shows an order as far as each knows it', async () => {
    for (const { stream, type } of created()) {
      const path = `/orders/${stream.slice('order-'.length)}`;
      const [then, now] = [(await older('GET', path)).json, (await newer('GET', path)).json];
      const { createdAt, ...rest } = now;
      expect(then).toEqual(rest);
      if (type === 'OrderCreated.v1') expect(createdAt).toBe(placedAt);
      else expect(createdAt).not.toBe(placedAt);
    }
  });

  it('decides on what the other has recorded', async () => {
    const [first, second] = [ids[12] ?? '', ids[13] ?? ''];
    for (const [send, id] of [
      [older, first],
      [newer, first],
      [newer, second],
      [older, second],
    ] as const)
      // prettier-ignore
      expect(await send('POST', `/orders/${id}/cancel`, { reason: 'late' })).toMatchObject({ status: 200 });
    for (const send of [older, newer])
      for (const id of [first, second]) expect(await statusAt(send, id)).toBe('cancelled');
    const trail = await newer('GET', `/streams/order-${first}/events`);
    expect((trail.json['items'] as readonly { readonly type: string }[]).map(({ type }) => type)).toEqual([
      ...['OrderCreated', 'OrderCancelled'],
    ]);
  });
});
