import { setTimeout as delay } from 'node:timers/promises';
import { type PartitionedLog, provisionChain } from '@ledgerline/es-core/adapter';
import type { RunningService } from '@ledgerline/es-nest/fastify';
import { eventually, memoryLog, MemoryTopic, type Send, sendTo, testPlatform } from '@ledgerline/es-testing';
import { orderEvents } from '@ledgerline/events';
import { startInMemory } from './fixtures/order-service-in-memory.js';

const { topic } = orderEvents;
const platform = testPlatform({ seed: 1 });
const ANSWERS_AFTER_MS = 30;

/** Everybody can read what is appended before whoever appended it has its answer, as on a busy broker. */
const answersLate = (log: PartitionedLog): PartitionedLog => ({
  ...{ topic: log.topic, partitions: log.partitions, maxBatchBytes: log.maxBatchBytes },
  append: async (...given) => {
    const answer = await log.append(...given);
    await delay(ANSWERS_AFTER_MS);
    return answer;
  },
  bounds: (partition) => log.bounds(partition),
  read: (...given) => log.read(...given),
  problems: () => log.problems(),
  close: () => log.close(),
});

describe('an order service that reads its events back before it has folded them', () => {
  let running: RunningService;
  let send: Send;

  beforeEach(async () => {
    const log = new MemoryTopic({ topic, partitions: 2 });
    await provisionChain(memoryLog(log), platform);
    running = await startInMemory(() => answersLate(memoryLog(log)), { platform });
    send = sendTo(() => running.url);
  });
  afterEach(() => running.close());

  const ndjson = { 'content-type': 'application/x-ndjson' };
  const linesFor = (cart: string, order: string): readonly object[] => [
    {
      ...{ id: `add-${cart}`, type: 'AddItemToCart', stream: `cart-${cart}` },
      data: { sku: '85123A', quantity: 1, unitPrice: { amount: '2.55', currency: 'GBP' } },
    },
    {
      ...{ id: `check-out-${cart}`, type: 'CheckOutCart', stream: `cart-${cart}` },
      data: { orderId: order, customerId: 'ada' },
    },
  ];
  const statusesOf = (carts: readonly string[]): Promise<readonly unknown[]> =>
    Promise.all(carts.map(async (cart) => (await send('GET', `/carts/${cart}`)).json['status']));

  it('opens every cart again that became no order, also where several collisions lie in one batch', async () => {
    const orders = Array.from({ length: 8 }, (_, n) => `o${n}`);
    const cartsOf = (order: string): readonly string[] => [`${order}-a`, `${order}-b`, `${order}-c`];
    const lines = orders.flatMap((order) => cartsOf(order).flatMap((cart) => linesFor(cart, order)));
    const { text } = await send('POST', '/commands', lines.map((line) => JSON.stringify(line)).join('\n'), ndjson);
    expect(text.match(/"status":"accepted"/g)).toHaveLength(lines.length);
    await eventually(async () => {
      for (const order of orders)
        expect((await statusesOf(cartsOf(order))).toSorted()).toEqual(['checked-out', 'open', 'open']);
    });
  });
});
