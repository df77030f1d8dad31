import { EventStore } from '@ledgerline/es-core';
import { provisionChain } from '@ledgerline/es-core/adapter';
import type { RunningService } from '@ledgerline/es-nest/fastify';
import { memoryLog, memoryStreamIndex, MemoryTopic, type Send, sendTo, testPlatform } from '@ledgerline/es-testing';
import { orderEvents } from '@ledgerline/events';
import { startInMemory } from './fixtures/order-service-in-memory.js';

const { topic } = orderEvents;
const platform = testPlatform({ seed: 1 });

/** It takes itself for the preferred writer of everything, so it has no reason to look at the log. */
describe('an order service that was not told what another instance recorded in its place', () => {
  let running: RunningService;
  let other: EventStore;
  let send: Send;

  beforeEach(async () => {
    const log = new MemoryTopic({ topic, partitions: 2 });
    await provisionChain(memoryLog(log), platform);
    running = await startInMemory(() => memoryLog(log), { platform });
    send = sendTo(() => running.url);
    other = await EventStore.open({
      ...{ log: memoryLog(log), index: memoryStreamIndex(), platform, source: 'other' },
      onTrouble: () => undefined,
    });
  });
  afterEach(async () => {
    await other.close();
    await running.close();
  });

  const line = { lineId: '1', sku: '85123A', quantity: 1, unitPrice: '2.55', amount: '2.55' };
  /** Its position is what the other instance would answer. */
  const created = async (orderId: string): Promise<string> => {
    const event = orderEvents.catalogue.encode({
      type: 'OrderCreated',
      data: {
        ...{ orderId, cartId: 'another', customerId: 'ada', country: 'France', placedAt: '2010-12-01T08:26:00.000Z' },
        ...{ createdAt: '2010-12-01T08:30:00.000Z', currency: 'GBP', lines: [line], total: '2.55' },
      },
    });
    const { ordinal } = await other.append(`order-${orderId}`, 0, [event]);
    return `${topic}/${other.partitionOf(`order-${orderId}`)}@${ordinal}`;
  };
  const seeing = (path: string, min: string) => send('GET', path, undefined, { 'X-Min-Position': min });

  it.each(['/orders/o', '/streams/order-o/events'])('answers what was seen before: GET %s', async (path) => {
    const position = await created('o');
    const { status, headers } = await seeing(path, position);
    expect([status, headers.get('x-position')]).toEqual([200, position]);
    const positions = [await created('p'), await created('q')].join(', ');
    expect((await seeing('/orders/q', positions)).status).toBe(200);
  });

  it('says after a while that there is no such position yet', async () => {
    const { status, json } = await seeing('/orders/o', `${topic}/1@99`);
    expect([status, json]).toMatchObject([504, { code: 'position-not-reached', retriable: true }]);
    expect(json['detail']).toBe(`order-service has not applied ${topic}/1@99 within 5 s; ask again`);
  });

  it.each([
    ['somewhere', 'must be positions as answers give them, such as parcels.events/3@1204, with commas between'],
    [`${topic}/2@1`, `must be in a partition that is read here, not in ${topic}/2`],
    ['payments.events/0@1', 'must be in a partition that is read here, not in payments.events/0'],
  ])('refuses a position that it cannot wait for: %s', async (min, rule) => {
    const { status, json } = await seeing('/orders/o', min);
    expect([status, json]).toMatchObject([400, { errors: [{ field: 'X-Min-Position', rule }] }]);
  });

  it('says so in its description', async () => {
    const { json } = await send('GET', '/openapi.json');
    const { paths } = json as { paths: Record<string, { get?: { parameters?: { name: string }[] } }> };
    const taking = Object.entries(paths).filter(([, { get }]) =>
      get?.parameters?.some(({ name }) => name === 'X-Min-Position'),
    );
    expect(taking.map(([path]) => path).toSorted()).toEqual([
      ...['/carts/{id}', '/orders/{id}', '/returns/{id}', '/streams/{stream}/events', '/subjects/{id}'],
    ]);
  });
});
