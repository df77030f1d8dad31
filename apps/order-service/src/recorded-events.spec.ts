import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Storage } from '@ledgerline/es-core/adapter';
import { serviceLog } from '@ledgerline/es-nest';
import { rehearseServiceTopic } from '@ledgerline/es-nest/rehearsal';
import { makeApplication, type RunningService, startService } from '@ledgerline/es-nest/fastify';
import {
  memoryStorage,
  type MemoryTopic,
  recordedTopic,
  type Send,
  sendTo,
  testPlatform,
} from '@ledgerline/es-testing';
import { orderEvents, paymentEvents } from '@ledgerline/events';
import { orderService } from './order-service.js';

const { topic } = orderEvents;
const recorded = (name: string): string =>
  readFileSync(new URL(`../../../samples/recordings/2026-11/${name}.ndjson`, import.meta.url), 'utf8');
const recording = recorded(topic);

describe('the order service on what was recorded in November 2026', () => {
  const platform = testPlatform({ seed: 1, startAt: '2027-01-10T12:00:00.000Z' });
  let log: MemoryTopic;
  let running: RunningService;
  let send: Send;

  /** Its own log, and of others' those that are given. */
  const storageOf = (others: Readonly<Record<string, MemoryTopic>> = {}): Storage =>
    memoryStorage({ platform, topics: new Map(Object.entries({ ...others, [topic]: log })) });

  beforeAll(async () => {
    log = recordedTopic(topic, recording);
    running = await startService(orderService({ storage: storageOf(), log: serviceLog('spec', 'silent') }));
    await running.ready;
    send = sendTo(() => running.url);
  });
  afterAll(() => running.close());

  const typesOf = async (stream: string, raw: boolean): Promise<readonly string[]> => {
    const { json } = await send('GET', `/streams/${stream}/events?raw=${raw}`);
    return (json['items'] as readonly { readonly type: string }[]).map(({ type }) => type);
  };

  const placedAt = '2010-12-01T08:26:00.000Z';

  it.each([
    ['/orders/536365', { status: 'confirmed', total: '35.64', placedAt, createdAt: placedAt }],
    ['/orders/536366', { status: 'cancelled', reason: 'changed my mind', wasConfirmed: false, createdAt: placedAt }],
    ['/orders/536367', { status: 'cancelled', reason: 'broken', wasConfirmed: true, createdAt: placedAt }],
    ['/orders/536367?version=1', { status: 'created', createdAt: placedAt }],
    ['/orders/536372', { status: 'created', createdAt: placedAt }],
    ['/carts/536365', { status: 'checked-out', orderId: '536365', total: '35.64' }],
    ['/carts/536370', { status: 'open', total: '7.65', lines: [{ quantity: 3 }] }],
    ['/returns/C536367', { status: 'registered', orderId: '536367', total: '6.78' }],
    ['/returns/C536379', { status: 'registered', customerId: '14527' }],
  ])('shows %s', async (path, view) => {
    expect(await send('GET', path)).toMatchObject({ status: 200, json: view });
  });

  it('decides every command again as it was decided, and does every reaction again as it was done', async () => {
    const payments = recordedTopic(paymentEvents.topic, recorded(paymentEvents.topic));
    const counts = { events: 33, skipped: 0, decisions: 33, undecided: 0, reactions: 11, notRehearsed: 0 };
    const app = await makeApplication(orderService({ storage: storageOf({ [paymentEvents.topic]: payments }) }));
    expect(await rehearseServiceTopic(app)).toEqual({
      topics: [{ topic, ...counts, findingsCount: 0, findings: [] }],
      readModels: [],
    });
  });

  it('decides on it, and records what follows as today', async () => {
    expect(await send('POST', '/orders/536372/cancel', { reason: 'late' })).toMatchObject({ status: 200 });
    expect(await typesOf('order-536372', true)).toEqual(['OrderCreated.v1', 'OrderCancelled.v1']);
    const { json } = await send('GET', '/streams/order-536372/events');
    const [created, cancelled] = json['items'] as readonly { readonly data: object }[];
    expect(created).toMatchObject({ type: 'OrderCreated', data: { createdAt: placedAt } });
    expect(cancelled?.data).not.toHaveProperty('createdAt');
  });

  it('creates orders as today beside it', async () => {
    expect(
      await send('POST', '/orders', { orderId: 'new', cartId: '536370', customerId: 'ada', placedAt }),
    ).toMatchObject({
      status: 201,
    });
    expect(await typesOf('order-new', true)).toEqual(['OrderCreated.v2']);
    const { json } = await send('GET', '/orders/new');
    expect(json['placedAt']).toBe(placedAt);
    expect(json['createdAt']).not.toBe(placedAt);
  });

  it('answers a command of that time as it was answered then', async () => {
    const before = log.bounds(0).end + log.bounds(1).end;
    const again = await send(
      'POST',
      '/orders/536366/cancel',
      { reason: 'changed my mind' },
      { 'Idempotency-Key': keyOf('OrderCancelled') },
    );
    expect(again).toMatchObject({ status: 200, json: { version: 2 } });
    expect(log.bounds(0).end + log.bounds(1).end).toBe(before);
  });
});

/** The command that recorded the first event of the type. */
const keyOf = (type: string): string => {
  const line = recording.split('\n').find((one) => one.includes(`"${type}.v1"`)) ?? '{}';
  return (JSON.parse(line) as { readonly headers: Record<string, string> }).headers['commandid'] ?? '';
};
