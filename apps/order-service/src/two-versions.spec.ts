import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { type Decision, defineEvents } from '@ledgerline/es-core';
import { startService } from '@ledgerline/es-nest/fastify';
import { eventually, type Send } from '@ledgerline/es-testing';
import * as events from '@ledgerline/events';
import { type Release, Releases } from './fixtures/releases.js';
import { SharedPartitions } from './fixtures/shared-partitions.js';
import { order } from './order/order.aggregate.js';
import { orderService } from './order-service.js';

const { orderCreatedV1, orderEvents, paymentEvents } = events;

/** The published language of the release before: an order did not say when it was created. */
const eventsBefore = {
  ...events,
  orderEvents: defineEvents(
    orderEvents.topic,
    { ...orderEvents.definitions, OrderCreated: orderCreatedV1 },
    { rejects: orderEvents.rejects },
  ),
};
const { cartEvents, returnEvents, subjectEvents } = events;
const ordersTopicEvents = [cartEvents, eventsBefore.orderEvents, returnEvents, subjectEvents];

const { CreateOrder } = order.decide as Record<string, (...given: readonly unknown[]) => Decision<events.OrderEvent>>;
const orderBefore = {
  ...{ ...order, events: eventsBefore.orderEvents },
  decide: {
    ...order.decide,
    CreateOrder: (...given: readonly unknown[]) => {
      const decision = CreateOrder?.(...given);
      const [event] = decision?.events ?? [];
      if (event?.type !== 'OrderCreated') return decision;
      const { createdAt: _createdAt, ...data } = event.data;
      return { events: [{ type: 'OrderCreated', data }] };
    },
  },
};

const placedAt = '2010-12-01T08:26:00.000Z';
const item = { sku: '85123A', quantity: 1, unitPrice: { amount: '2.55', currency: 'GBP' } };

describe('an order service of the release before beside one of today', () => {
  const releases = new Releases();
  const { troubles } = releases;
  const shared = new SharedPartitions();
  let older: Send;
  let newer: Send;

  /** The very same service, loaded anew with what it published before. */
  const loadOlder = async (): Promise<Release> => {
    jest.resetModules();
    jest.unstable_mockModule('@ledgerline/events', () => ({ ...eventsBefore, ordersTopicEvents }));
    jest.unstable_mockModule('./order/order.aggregate.js', () => ({ order: orderBefore }));
    return await import('./fixtures/loaded-service.js');
  };

  beforeAll(async () => {
    await releases.provision();
    older = (await releases.start(await loadOlder(), shared)).send;
    newer = (await releases.start({ startService, orderService }, shared)).send;
    await shared.shareOut();
  });
  afterAll(() => releases.close());

  const created = () => releases.recorded('OrderCreated');

  const place = async (send: Send, id: string): Promise<void> => {
    expect((await send('POST', `/carts/${id}/items`, item)).status).toBe(200);
    const order = { orderId: id, cartId: id, customerId: 'ada', placedAt };
    expect(await send('POST', '/orders', order)).toMatchObject({ status: 201 });
  };
  const pay = (id: string): Promise<unknown> =>
    releases.payments.append(`payment-${id}`, 0, [
      paymentEvents.catalogue.encode({
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
