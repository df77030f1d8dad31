import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { EventStore } from '@ledgerline/es-core';
import { EventSourcingModule } from '@ledgerline/es-nest';
import { ProjectionsModule } from '@ledgerline/es-nest-projections';
import {
  eventually,
  memoryReactorProgress,
  memoryStorage,
  memoryStreamIndex,
  MemoryTopic,
  testPlatform,
} from '@ledgerline/es-testing';
import { orderEvents } from '@ledgerline/events';
import type { INestApplication } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { accountEvents } from './account.js';
import { LoyaltyModule } from './loyalty.module.js';

const DAY_MS = 86_400_000;

/** The service in this process, beside orders that somebody else records. */
class LoyaltyInMemory {
  readonly platform = testPlatform({ seed: 20101201, startAt: '2010-12-01T08:00:00.000Z' });
  progress = memoryReactorProgress();
  readonly #topics = new Map([orderEvents, accountEvents].map(({ topic }) => [topic, new MemoryTopic({ topic })]));
  #app: INestApplication | undefined;
  #orders: EventStore | undefined;
  #url = '';

  async start(): Promise<void> {
    const testing = await Test.createTestingModule({
      imports: [
        EventSourcingModule.forRoot({
          ...{ service: 'loyalty-service', storage: this.#storage, routes: {} },
          settings: { pointsKeptMs: 365 * DAY_MS },
        }),
        ProjectionsModule.forRoot({ routes: {} }),
        LoyaltyModule,
      ],
    }).compile();
    this.#app = testing.createNestApplication();
    await this.#app.listen(0, '127.0.0.1');
    this.#url = await this.#app.getUrl();
  }

  async stop(): Promise<void> {
    await this.#app?.close();
  }

  async close(): Promise<void> {
    await this.stop();
    await this.#orders?.close();
  }

  /** As the order service records it. */
  async confirm(orderId: string, total: string): Promise<void> {
    this.#orders ??= await this.#openOrders();
    const [customerId, country, currency] = ['12347', 'Iceland', 'EUR'];
    const [placedAt, confirmedAt] = ['2010-12-01T08:26:00.000Z', '2010-12-01T08:27:00.000Z'];
    const data = { orderId, customerId, country, placedAt, currency, lines: [], total, confirmedAt };
    const event = orderEvents.catalogue.encode({ type: 'OrderConfirmed', data });
    await this.#orders.append(`order-${orderId}`, 0, [event]);
  }

  async get(path: string, headers: Record<string, string> = {}): Promise<unknown> {
    return await (await fetch(`${this.#url}${path}`, { headers })).json();
  }

  redeem(points: number, headers: Record<string, string> = {}): Promise<Response> {
    return fetch(`${this.#url}/accounts/12347/redeem`, {
      ...{ method: 'POST', headers: { 'content-type': 'application/json', ...headers } },
      body: JSON.stringify({ points }),
    });
  }

  async #openOrders(): Promise<EventStore> {
    const log = await this.#storage.openLog(orderEvents.topic, { role: 'writer' });
    const onTrouble = (error: unknown): void => {
      throw error;
    };
    return await EventStore.open({
      log,
      index: memoryStreamIndex(),
      platform: this.platform,
      source: 'spec',
      onTrouble,
    });
  }

  get #storage() {
    return memoryStorage({ platform: this.platform, topics: this.#topics, openProgress: () => this.progress });
  }
}

describe('the loyalty service', () => {
  let loyalty: LoyaltyInMemory;

  const card = (): Promise<unknown> => loyalty.get('/accounts/12347');
  const hasCard = (expected: object): Promise<void> =>
    eventually(async () => expect(await card()).toMatchObject(expected));

  beforeEach(async () => {
    loyalty = new LoyaltyInMemory();
    await loyalty.confirm('o-1', '15.30');
    await loyalty.start();
  });
  afterEach(() => loyalty.close());

  it('gives points for orders that were confirmed before it was there, and for those that follow', async () => {
    await hasCard({ points: 15, orders: 1 });
    await loyalty.confirm('o-2', '4.99');
    await hasCard({ points: 19, orders: 2 });
  });

  it('redeems points once, shows it to who has seen that, and refuses more than there are', async () => {
    await hasCard({ points: 15 });
    const [first, repeat] = [
      await loyalty.redeem(5, { 'idempotency-key': 'r-1' }),
      await loyalty.redeem(5, { 'idempotency-key': 'r-1' }),
    ];
    expect(await repeat.json()).toEqual(await first.json());
    const seen = { 'x-min-position': first.headers.get('x-position') ?? '' };
    expect(await loyalty.get('/accounts/12347', seen)).toMatchObject({ points: 10 });
    const refused = await loyalty.redeem(11);
    expect([refused.status, await refused.json()]).toEqual([
      409,
      expect.objectContaining({ code: 'not-enough-points', detail: 'there are 10 points' }),
    ]);
  });

  it('gives points once, whatever was lost of how far it was', async () => {
    await hasCard({ points: 15 });
    await loyalty.stop();
    loyalty.progress = memoryReactorProgress();
    await loyalty.start();
    await loyalty.confirm('o-2', '1.00');
    await hasCard({ points: 16, orders: 2 });
    expect(await loyalty.get('/streams/account-12347/events')).toMatchObject({
      items: [{ data: { orderId: 'o-1' } }, { data: { orderId: 'o-2' } }],
    });
  });

  it('lets points expire while nothing was earned for a year, also over a restart', async () => {
    await hasCard({ points: 15 });
    await loyalty.stop();
    loyalty.platform.moveClock(366 * DAY_MS);
    await loyalty.start();
    await hasCard({ points: 0, orders: 1 });
  });

  it('says how it is: ready, with its reactor and its read model beside each other', async () => {
    await hasCard({ points: 15 });
    await eventually(async () => expect(await loyalty.get('/health/ready')).toMatchObject({ status: 'ok' }));
    expect(await loyalty.get('/reactors')).toMatchObject({
      items: [{ reactorName: 'earning', partitions: expect.any(Array) as unknown }],
    });
    expect(await loyalty.get('/projections')).toMatchObject({ items: [{ name: 'loyalty-card' }] });
    expect(await loyalty.get('/parked')).toMatchObject({ items: [] });
    expect(await loyalty.get('/projections/parked')).toMatchObject({ items: [] });
  });
});
