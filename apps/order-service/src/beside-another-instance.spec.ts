import { EventStore } from '@ledgerline/es-core';
import { type Instances, provisionChain } from '@ledgerline/es-core/adapter';
import type { RunningService } from '@ledgerline/es-nest/fastify';
import { memoryLog, memoryStreamIndex, MemoryTopic, type Send, sendTo, testPlatform } from '@ledgerline/es-testing';
import { orderEvents } from '@ledgerline/events';
import { startInMemory } from './fixtures/order-service-in-memory.js';

const { topic } = orderEvents;
const partitions = 2;
const platform = testPlatform({ seed: 1 });

/** This instance is never told that anything is its own. */
const nothingHeld: Instances = {
  ...{ term: undefined, isInformed: true, join: () => Promise.resolve(), leave: () => Promise.resolve() },
  ...{ held: () => [], holder: () => undefined, onChange: () => () => undefined, resize: () => undefined },
  progress: () => ({ load: () => Promise.resolve({}), save: () => Promise.resolve() }),
};

describe('an order service whose partitions another instance writes', () => {
  let log: MemoryTopic;
  let running: RunningService;
  let other: EventStore;
  let send: Send;

  beforeEach(async () => {
    log = new MemoryTopic({ topic, partitions });
    await provisionChain(memoryLog(log), platform);
    running = await startInMemory(() => memoryLog(log), { platform, openInstances: () => nothingHeld });
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

  const item = { sku: '85123A', quantity: 1, unitPrice: { amount: '2.55', currency: 'GBP' } };
  const line = { lineId: '1', sku: '85123A', quantity: 1, unitPrice: '2.55', amount: '2.55' };
  const order = (orderId: string) =>
    orderEvents.catalogue.encode({
      type: 'OrderCreated',
      data: {
        ...{ orderId, cartId: 'another', customerId: 'ada', country: 'France', placedAt: '2010-12-01T08:26:00.000Z' },
        ...{ createdAt: '2010-12-01T08:30:00.000Z', currency: 'GBP', lines: [line], total: '2.55' },
      },
    });

  const command = (id: string, type: string, data: object): string =>
    JSON.stringify({ id, type, stream: 'cart-c', data });
  const verdictsOf = async (...commands: readonly string[]): Promise<readonly object[]> => {
    const answer = await send('POST', '/commands', commands.join('\n'), { 'content-type': 'application/x-ndjson' });
    const verdicts = answer.text.trim().split('\n');
    return verdicts.map((verdict) => JSON.parse(verdict) as object);
  };

  it.each(['o-1', 'o-2', 'o-3', 'o-4'])('knows of order %s, which was created there a moment ago', async (orderId) => {
    await verdictsOf(command('1', 'AddItemToCart', item));
    await other.append(`order-${orderId}`, 0, [order(orderId)]);
    expect((await send('GET', `/orders/${orderId}`)).json).toMatchObject({ orderId, cartId: 'another' });
    const another = `${orderId}-x`;
    await other.append(`order-${another}`, 0, [order(another)]);
    const checkOut = command('2', 'CheckOutCart', { orderId: another, customerId: 'ada' });
    expect(await verdictsOf(checkOut)).toMatchObject([{ status: 'rejected', code: 'order-exists' }]);
  });

  it('keeps the order of commands although a check-out has to look at its order first', async () => {
    const verdicts = await verdictsOf(
      command('1', 'AddItemToCart', item),
      command('2', 'CheckOutCart', { orderId: 'o', customerId: 'ada' }),
      command('3', 'AddItemToCart', item),
      command('4', 'CheckOutCart', { orderId: 'o', customerId: 'ada' }),
    );
    expect(verdicts).toMatchObject([
      { id: '1', status: 'accepted', version: 1 },
      { id: '2', status: 'accepted', version: 2 },
      { id: '3', status: 'rejected', code: 'cart-checked-out' },
      { id: '4', status: 'accepted', version: 2 },
    ]);
  });
});
