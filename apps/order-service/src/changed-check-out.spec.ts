import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { type Decision, defineEvents, since } from '@ledgerline/es-core';
import type { EventDefinitions } from '@ledgerline/es-core/runtime';
import { startService } from '@ledgerline/es-nest/fastify';
import { type Answer, eventually, type Send } from '@ledgerline/es-testing';
import * as events from '@ledgerline/events';
import { z } from 'zod';
import { cart } from './cart/cart.aggregate.js';
import { type Release, Releases } from './fixtures/releases.js';
import { SharedPartitions } from './fixtures/shared-partitions.js';
import { orderService } from './order-service.js';

/* The next release records by which channel a cart was checked out, and gives that to its order. */

const channel = z.string();
const { cartCheckedOutV1, cartEvents, orderCreatedV1, orderCreatedV2, orderEvents } = events;
const withChannel = { channel: channel.optional() };
const createdOnce = since(orderCreatedV1);
const createdAtPlacing = (data: z.output<typeof orderCreatedV1>) => ({ ...data, createdAt: data.placedAt });

interface Changed {
  readonly CartCheckedOut: EventDefinitions[string];
  readonly OrderCreated: EventDefinitions[string];
}

/** A field that may be missing, in today's schemas. */
const optionalField: Changed = {
  CartCheckedOut: cartCheckedOutV1.extend(withChannel),
  OrderCreated: createdOnce.to(orderCreatedV2.extend(withChannel), createdAtPlacing),
};

/** A field that is always there, in versions of their own. */
const newVersion: Changed = {
  CartCheckedOut: since(cartCheckedOutV1).to(cartCheckedOutV1.extend({ channel }), (data) => ({
    ...{ ...data, channel: 'unknown' },
  })),
  OrderCreated: createdOnce.to(orderCreatedV2, createdAtPlacing).to(orderCreatedV2.extend(withChannel), (data) => data),
};

const eventsOf = ({ CartCheckedOut, OrderCreated }: Changed) => {
  const carts = defineEvents(cartEvents.topic, { ...cartEvents.definitions, CartCheckedOut });
  const { rejects } = orderEvents;
  const orders = defineEvents(orderEvents.topic, { ...orderEvents.definitions, OrderCreated }, { rejects });
  const ordersTopicEvents = [carts, orders, events.returnEvents, events.subjectEvents];
  return { ...events, cartEvents: carts, orderEvents: orders, ordersTopicEvents };
};

interface CartRules {
  decide(...given: readonly unknown[]): Decision<events.CartEvent>;
}

/** The aggregate of the next release: carts are checked out on the web. */
const cartWithChannel = (changed: Changed): object => ({
  ...{ ...cart, events: eventsOf(changed).cartEvents },
  decide: (...given: readonly unknown[]) => {
    const decision = (cart as unknown as CartRules).decide(...given);
    const [event] = decision.events ?? [];
    if (event?.type !== 'CartCheckedOut') return decision;
    return { events: [{ ...event, data: { ...event.data, channel: 'web' } }] };
  },
});

const item = { sku: '85123A', quantity: 1, unitPrice: { amount: '2.55', currency: 'GBP' } };

describe.each([
  ['an optional field', optionalField],
  ['a new version', newVersion],
])('a release that gives the check-out of a cart %s', (_, changed) => {
  let releases: Releases;
  let next: Release;

  const loadNext = async (): Promise<Release> => {
    jest.resetModules();
    jest.unstable_mockModule('@ledgerline/events', () => eventsOf(changed));
    jest.unstable_mockModule('./cart/cart.aggregate.js', () => ({ cart: cartWithChannel(changed) }));
    return await import('./fixtures/loaded-service.js');
  };

  beforeEach(async () => {
    releases = new Releases();
    await releases.provision();
    next = await loadNext();
  });
  afterEach(() => releases.close());

  /** As a client does: again, to another instance, where one cannot yet. */
  const place = async (id: string, ...instances: readonly Send[]): Promise<void> => {
    let answer: Answer | undefined;
    const [first, second = first] = instances;
    await second?.('POST', `/carts/${id}/items`, item);
    for (const send of [first, second, second]) {
      if (answer && answer.status < 500) break;
      answer = await send?.(
        'POST',
        '/orders',
        { orderId: id, cartId: id, customerId: 'ada' },
        { 'Idempotency-Key': `k-${id}` },
      );
    }
    expect(answer).toMatchObject({ status: 201 });
  };
  /** That everything was dealt with, nothing of it is parked, and every order says what its cart said. */
  const isWhole = async (send: Send, ids: readonly string[]): Promise<void> => {
    await eventually(async () => {
      const created = new Map(releases.recorded('OrderCreated').map(({ data }) => [data['orderId'], data['channel']]));
      expect([...created.keys()].sort()).toEqual([...ids].sort());
      for (const { data } of releases.recorded('CartCheckedOut'))
        if (data['channel'] === undefined) expect([undefined, 'unknown']).toContain(created.get(data['orderId']));
        else expect([data['orderId'], created.get(data['orderId'])]).toEqual([data['orderId'], data['channel']]);
      const { items } = (await send('GET', '/reactors')).json as { items: { partitions: { underWay: number }[] }[] };
      expect(items.flatMap(({ partitions }) => partitions.map(({ underWay }) => underWay))).toEqual([0, 0, 0, 0]);
    });
    expect((await send('GET', '/parked')).json).toEqual({ items: [] });
  };

  it('loses nothing and stops nothing while it is rolled out', async () => {
    const shared = new SharedPartitions();
    const old = await releases.start({ startService, orderService }, shared);
    const young = await releases.start(next, shared);
    await shared.shareOut();
    const ids = Array.from({ length: 24 }, (_one, i) => `o-${i}`);
    await Promise.all(ids.map((id, i) => (i % 2 === 0 ? place(id, old.send, young.send) : place(id, young.send))));
    await old.close();
    await isWhole(young.send, ids);
    // Both have checked carts out, each in its own words.
    const channels = releases.recorded('CartCheckedOut').map(({ data }) => data['channel']);
    expect(new Set(channels)).toEqual(new Set([undefined, 'web']));
    expect(releases.troubles.filter((trouble) => trouble.includes('idempotency-key-reused'))).toEqual([]);
  });

  it('repeats what the release before has done as it was done, without index and progress', async () => {
    const before = new SharedPartitions();
    const old = await releases.start({ startService, orderService }, before);
    await before.shareOut();
    const ids = Array.from({ length: 8 }, (_one, i) => `o-${i}`);
    await Promise.all(ids.map((id) => place(id, old.send)));
    await isWhole(old.send, ids);
    await old.close();
    const shared = new SharedPartitions();
    const young = await releases.start(next, shared);
    await shared.shareOut();
    await isWhole(young.send, ids);
    // The client repeats what the release before has answered.
    for (const id of ids) await place(id, young.send);
    expect(releases.recorded('OrderCreated')).toHaveLength(ids.length);
  });
});
