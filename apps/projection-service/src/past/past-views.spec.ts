import type { FastifyReply } from 'fastify';
import { type RunningService, ServiceNotReady } from '@ledgerline/es-nest';
import { seededRandom, testPlatform } from '@ledgerline/es-testing';
import {
  orderCancelled,
  orderConfirmed,
  orderCreated,
  type OrderFacts,
  returnRegistered,
} from '../fixtures/order-events.js';
import { ShopInMemory } from '../fixtures/shop-in-memory.js';
import { ReadModels } from '../read-models/read-models.js';
import { PastViews } from './past-views.js';

const SEED = Number(process.env['PAST_SEED'] ?? 20101201);
const STEPS = 40;
/** Of the log in memory. */
const RECORDS_OF_A_CHUNK = 1_000;

const VIEWS = [
  ...['a', 'b', 'c'].map((customer) => `/customers/${customer}/dashboard?currency=GBP`),
  ...['day', 'country', 'product', 'customer'].flatMap((by) => [
    `/reports/sales?by=${by}`,
    `/reports/sales?by=${by}&from=2010-12-01&to=2010-12-03`,
    `/reports/sales?by=${by}&from=2010-12-02`,
  ]),
];

interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Readonly<Record<string, unknown>>;
}

let shop: ShopInMemory;

const ask = async (path: string, min?: string): Promise<Answer> => {
  const answer = await fetch(`${shop.url}${path}`, { headers: min === undefined ? {} : { 'x-min-position': min } });
  return {
    status: answer.status,
    headers: answer.headers,
    body: (await answer.json()) as Answer['body'],
  };
};

const now = (): string => new Date(shop.platform.now()).toISOString();

const started = async (env: Readonly<Record<string, string>> = {}): Promise<RunningService> => {
  shop = new ShopInMemory();
  await shop.provision();
  const service = await shop.start({ env });
  await service.ready;
  return service;
};

/** Something that happens in the shop, and the position of it. */
const happening = (random: () => number): (() => Promise<string>) => {
  const one = <T>(of: readonly T[]): T => of[Math.floor(random() * of.length)] as T;
  const open: (readonly [id: string, facts: OrderFacts])[] = [];
  const paid: (readonly [id: string, facts: OrderFacts])[] = [];
  let ids = 0;
  return async () => {
    const placedAt = `2010-12-0${1 + Math.floor(random() * 4)}T10:00:00.000Z`;
    const facts = { customerId: one(['a', 'b', 'c']), country: one(['France', 'EIRE']), placedAt };
    const chance = random();
    if (chance < 0.3 && open.length > 0) {
      const order = one(open);
      open.splice(open.indexOf(order), 1);
      paid.push(order);
      return shop.recordOrder(order[0], orderConfirmed(...order));
    }
    if (chance < 0.4 && paid.length > 0) {
      const [id, of] = one(paid);
      paid.splice(
        paid.findIndex(([other]) => other === id),
        1,
      );
      return shop.recordOrder(id, orderCancelled(id, true, of));
    }
    const id = `n${(ids += 1)}`;
    if (chance < 0.5) return shop.recordReturn(id, returnRegistered(id, facts));
    open.push([id, facts]);
    return shop.recordOrder(id, orderCreated(id, facts));
  };
};

describe(`a view of the past (seed ${SEED})`, () => {
  afterEach(() => shop.close());

  it('is what the read model said at that moment, whatever moment it is', async () => {
    await started();
    const random = seededRandom(SEED);
    const happen = happening(random);
    const said = new Map<string, unknown[]>();
    for (let step = 0; step < STEPS; step += 1) {
      // Now and then two things happen in the same instant.
      shop.platform.moveClock(Math.floor(random() * 3) * 400);
      const min = await happen();
      const answers = await Promise.all(VIEWS.map((view) => ask(view, min)));
      said.set(
        now(),
        answers.map(({ status, body }) => (status === 200 ? body : status)),
      );
    }
    expect(said.size).toBeGreaterThan(STEPS / 3);
    for (const [at, then] of said)
      for (const [i, view] of VIEWS.entries()) {
        const { status, body } = await ask(`${view}&at=${at}`);
        expect([view, at, status === 200 ? body : status]).toEqual([view, at, then[i]]);
      }
  }, 60_000);

  it('says what it has seen and what it cost', async () => {
    await started();
    const first = await shop.recordOrder('o1', orderCreated('o1', { customerId: 'a' }));
    const at = now();
    shop.platform.moveClock(1_000);
    await shop.recordOrder('o1', orderConfirmed('o1', { customerId: 'a' }));
    const { headers, body } = await ask(`/customers/a/dashboard?at=${at}`);
    expect(body).toMatchObject({ ordersCount: 1, spent: '0.00' });
    expect(headers.get('x-position')?.split(', ')).toContain(first);
    // Two partitions: a genesis record each, and the one event of the order that lies before.
    expect(headers.get('x-events-read')).toBe('3');
  });

  it('reads no further than it has to', async () => {
    const service = await started();
    await shop.recordOrder('o1', orderCreated('o1'));
    const at = now();
    shop.platform.moveClock(1_000);
    for (let n = 0; n < RECORDS_OF_A_CHUNK; n += 1) await shop.recordOrder('o1', orderConfirmed('o1'));
    const chunks: number[] = [];
    const onRead = (events: number): void => void chunks.push(events);
    await service.app.get(ReadModels).salesReport.asOf({ at, wants: () => true, onRead });
    expect(chunks.sort()).toEqual([1, 2]);
  }, 60_000);

  it('is empty before the first event', async () => {
    await started();
    const before = new Date(shop.platform.now() - 1).toISOString();
    await shop.recordOrder('o1', orderCreated('o1', { customerId: 'a' }), orderConfirmed('o1', { customerId: 'a' }));
    const { body, headers } = await ask(`/reports/sales?by=day&at=${before}`);
    expect(body).toEqual({ rows: [] });
    expect(headers.get('x-position')).toBe('orders.events/0@0, orders.events/1@0');
    const nobody = await ask(`/customers/a/dashboard?at=${before}`);
    expect([nobody.status, nobody.body['code']]).toEqual([404, 'customer-not-found']);
  });

  it('is no view of the future, nor one that waits, nor one that is followed', async () => {
    await started();
    const min = await shop.recordOrder('o1', orderCreated('o1'));
    const tomorrow = new Date(shop.platform.now() + 1).toISOString();
    const future = await ask(`/reports/sales?by=day&at=${tomorrow}`);
    expect(future.body).toMatchObject({ status: 400, errors: [{ field: 'at', rule: 'must not lie in the future' }] });
    const waiting = await ask(`/reports/sales?by=day&at=${now()}`, min);
    expect(waiting.body).toMatchObject({ status: 400, errors: [{ field: 'X-Min-Position' }] });
    const vague = await ask('/customers/a/dashboard?at=yesterday');
    expect(vague.body).toMatchObject({ status: 400, errors: [{ field: 'at' }] });
    const followed = await ask(`/reports/sales/stream?by=day&at=${now()}`);
    expect(followed.body).toMatchObject({ status: 400, errors: [{ field: 'at' }] });
  });

  it('is refused when more has to be read than is allowed', async () => {
    await started({ AS_OF_MAX_EVENTS: '3' });
    await shop.recordOrder('o1', orderCreated('o1'));
    const before = now();
    shop.platform.moveClock(1_000);
    await shop.recordOrder('o1', orderConfirmed('o1'));
    expect((await ask(`/reports/sales?by=day&at=${before}`)).status).toBe(200);
    const { status, body } = await ask(`/reports/sales?by=day&at=${now()}`);
    expect([status, body['code'], body['retriable']]).toEqual([422, 'as-of-too-costly', false]);
    expect(body['detail']).toMatch(/more than 3 events .* AS_OF_MAX_EVENTS/);
  });
});

describe('views of the past', () => {
  const platform = testPlatform({ seed: 1, startAt: '2026-01-01T00:00:00.000Z' });
  const at = '2025-01-01T00:00:00.000Z';
  const answering = (destroyed: boolean): FastifyReply => {
    const reply = { raw: { destroyed }, headers: () => reply };
    return reply as unknown as FastifyReply;
  };
  const reply = answering(false);
  const config = { AS_OF_MAX_EVENTS: 10, AS_OF_WITHIN_S: 60 };
  const nothing = { documents: [], positions: [] };
  const reading = (read: (onRead: (events: number) => void) => Promise<void>) => ({
    ...{ at, wants: () => true },
    of: {
      asOf: async ({ onRead }: { onRead: (events: number) => void }) => {
        await read(onRead);
        return nothing;
      },
    },
  });

  it('are made two at a time', async () => {
    const views = new PastViews(config, platform);
    let end = (): void => undefined;
    const gate = new Promise<void>((resolve) => (end = resolve));
    const underWay = [1, 2].map(() =>
      views.documents(
        reading(() => gate),
        [],
        reply,
      ),
    );
    const refused = views.documents(
      reading(() => gate),
      [],
      reply,
    );
    await expect(refused).rejects.toMatchObject({ code: 'as-of-busy', retriable: true });
    end();
    await Promise.all(underWay);
    await expect(
      views.documents(
        reading(() => gate),
        [],
        reply,
      ),
    ).resolves.toEqual([]);
  });

  it('end when they take too long, when nobody waits, and when the service does', async () => {
    const once = reading((onRead) => Promise.resolve(onRead(1)));
    const slow = new PastViews({ ...config, AS_OF_WITHIN_S: 0 }, platform);
    await expect(slow.documents(once, [], reply)).rejects.toMatchObject({ code: 'as-of-too-slow', retriable: true });
    const views = new PastViews(config, platform);
    const gone = answering(true);
    await expect(views.documents(once, [], gone)).rejects.toBeInstanceOf(ServiceNotReady);
    await expect(views.documents(once, [], reply)).resolves.toEqual([]);
    views.beforeApplicationShutdown();
    await expect(views.documents(once, [], reply)).rejects.toBeInstanceOf(ServiceNotReady);
  });
});
