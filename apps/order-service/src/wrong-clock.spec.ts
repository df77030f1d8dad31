import { provisionChain } from '@ledgerline/es-core/adapter';
import type { RunningService } from '@ledgerline/es-nest/fastify';
import { eventually, memoryLog, MemoryTopic, type Send, sendTo, testPlatform } from '@ledgerline/es-testing';
import { orderEvents } from '@ledgerline/events';
import { startInMemory } from './fixtures/order-service-in-memory.js';

const { topic } = orderEvents;
const YEAR = 365 * 86_400_000;

describe('an order service whose clock is a year ahead', () => {
  const right = testPlatform({ seed: 1 });
  let off: number;
  const platform = { ...right, now: () => right.now() + off };
  let shared: MemoryTopic;
  let running: RunningService;
  let send: Send;

  const start = async (): Promise<void> => {
    running = await startInMemory(() => memoryLog(shared), { platform });
    send = sendTo(() => running.url);
  };
  const item = { sku: '85123A', quantity: 6, unitPrice: { amount: '2.55', currency: 'GBP' } };
  const open = (cart: string) => send('POST', `/carts/${cart}/items`, item);
  const ready = () => send('GET', '/health/ready');

  beforeEach(async () => {
    off = 0;
    shared = new MemoryTopic({ topic, partitions: 2, clock: () => right.now() });
    await provisionChain(memoryLog(shared), right);
  });
  afterEach(() => running.close());

  it('refuses commands and is not ready, and recovers when it is set right', async () => {
    off = YEAR;
    await start();
    const { status, json, headers } = await open('a');
    expect([status, json, headers.get('retry-after')]).toMatchObject([
      503,
      { code: 'clock-skewed', retriable: true },
      '1',
    ]);
    const unready = await ready();
    expect([unready.status, unready.json]).toMatchObject([503, { code: 'clock-skewed' }]);
    expect(unready.json['detail']).toMatch(/3153\d{4}\.?\d* s ahead of the log's; CLOCK_SKEW_LIMIT_S allows 60 s/);
    off = 0;
    expect((await ready()).status).toBe(200);
    expect((await open('a')).status).toBe(200);
  });

  it('does so, too, where it was right when it started; what was recorded is read meanwhile', async () => {
    await start();
    expect((await open('a')).status).toBe(200);
    off = YEAR;
    expect((await open('a')).json).toMatchObject({ code: 'clock-skewed' });
    expect((await ready()).status).toBe(503);
    expect((await send('GET', '/carts/a')).status).toBe(200);
    off = 0;
    await eventually(async () => expect((await ready()).status).toBe(200));
  });
});
