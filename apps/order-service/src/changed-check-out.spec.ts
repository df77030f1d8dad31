import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { eventCatalogue, type EventType, eventType } from '@ledgerline/es-core';
import { startService } from '@ledgerline/es-nest';
import { type Answer, eventually, type Send } from '@ledgerline/es-testing';
import * as events from '@ledgerline/events';
import { z } from 'zod';
import * as cartRules from './cart/cart.decider.js';
import { type Release, Releases } from './fixtures/releases.js';
import { SharedPartitions } from './fixtures/shared-partitions.js';
import { orderService } from './order-service.js';

/* The next release records by which channel a cart was checked out, and gives that to its order. */

const channel = z.string();
const { cartCheckedOutV1, cartEventTypes, orderCreatedV1, orderCreatedV2, orderEventTypes } = events;
const withChannel = { channel: channel.optional() };

type AnyType = EventType<events.OrdersEvent>;
const replaced = (types: readonly unknown[], ...changed: readonly AnyType[]): readonly AnyType[] =>
  (types as readonly AnyType[]).map((type) => changed.find(({ name }) => name === type.name) ?? type);

/** A field that may be missing, in today's schemas. */
const optionalField: readonly AnyType[] = [
  eventType('CartCheckedOut', [cartCheckedOutV1.extend(withChannel)]) as AnyType,
  eventType(
    'OrderCreated',
    [orderCreatedV1, orderCreatedV2.extend(withChannel)],
    [(data: z.output<typeof orderCreatedV1>) => ({ ...data, createdAt: data.placedAt })],
  ) as AnyType,
];

/** A field that is always there, in versions of their own. */
const newVersion: readonly AnyType[] = [
  eventType(
    'CartCheckedOut',
    [cartCheckedOutV1, cartCheckedOutV1.extend({ channel })],
    [(data: z.output<typeof cartCheckedOutV1>) => ({ ...data, channel: 'unknown' })],
  ) as AnyType,
  eventType(
    'OrderCreated',
    [orderCreatedV1, orderCreatedV2, orderCreatedV2.extend(withChannel)],
    [
      (data: z.output<typeof orderCreatedV1>) => ({ ...data, createdAt: data.placedAt }),
      (data: z.output<typeof orderCreatedV2>) => data,
    ],
  ) as AnyType,
];

const eventsOf = (changed: readonly AnyType[]): object => {
  const [carts, orders] = [replaced(cartEventTypes, ...changed), replaced(orderEventTypes, ...changed)];
  const catalogue = eventCatalogue<events.OrdersEvent>([
    ...carts,
    ...orders,
    ...(events.returnEventTypes as unknown as readonly AnyType[]),
  ]);
  return {
    ...events,
    ...{ cartCatalogue: eventCatalogue(carts), orderCatalogue: eventCatalogue(orders) },
    ...{ orderEvents: catalogue, ordersTopic: { ...events.ordersTopic, catalogue } },
  };
};

const { cartDecider } = cartRules;
const cartsWithChannel: typeof cartRules = {
  ...cartRules,
  cartDecider: {
    ...cartDecider,
    decide: (cart, command) => {
      const decision = cartDecider.decide(cart, command);
      const [event] = decision.events ?? [];
      if (event?.type !== 'CartCheckedOut') return decision;
      const data: events.CartCheckedOut['data'] & { channel: string } = { ...event.data, channel: 'web' };
      return { events: [{ ...event, data }] };
    },
  },
};

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
    jest.unstable_mockModule('./cart/cart.decider.js', () => cartsWithChannel);
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
