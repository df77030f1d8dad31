import { ServiceNotReady } from '@ledgerline/es-nest';
import { seededRandom, testPlatform } from '@ledgerline/es-testing';
import { delivered, lost, type ParcelFacts, sent } from '../fixtures/parcels.js';
import { ParcelsInMemory } from '../fixtures/parcels-in-memory.js';
import { type Answering, whileAnswering } from '../answers/answering.js';
import { type ProjectionsOptions, settingsOf } from '../module/projections-options.js';
import type { Surroundings } from '../module/surroundings.js';
import { PastViews } from './past-views.js';

const SEED = Number(process.env['PAST_SEED'] ?? 20101201);
const STEPS = 40;
/** Of the log in memory. */
const RECORDS_OF_A_CHUNK = 1_000;

const VIEWS = [
  ...['a', 'b', 'c'].map((who) => `/recipients/${who}?`),
  '/deliveries?by=country',
  '/deliveries?by=recipient',
];

interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Readonly<Record<string, unknown>>;
}

let shop: ParcelsInMemory;

const ask = async (path: string, min?: string): Promise<Answer> => {
  const answer = await fetch(`${shop.url}${path}`, { headers: min === undefined ? {} : { 'x-min-position': min } });
  return {
    status: answer.status,
    headers: answer.headers,
    body: (await answer.json()) as Answer['body'],
  };
};

const now = (): string => new Date(shop.platform.now()).toISOString();

const started = async (options: ProjectionsOptions = {}): Promise<void> => {
  shop = new ParcelsInMemory();
  await shop.provision();
  await shop.start(options);
};

/** Something that happens to parcels, and the position of it. */
const happening = (random: () => number): (() => Promise<string>) => {
  const one = <T>(of: readonly T[]): T => of[Math.floor(random() * of.length)] as T;
  const known: (readonly [id: string, facts: ParcelFacts])[] = [];
  return async () => {
    const chance = random();
    if (chance < 0.3 && known.length > 0) {
      const [id, facts] = one(known);
      return shop.record(id, delivered(id, facts));
    }
    if (chance < 0.4 && known.length > 0) {
      const [id, facts] = one(known);
      return shop.record(id, lost(id, facts));
    }
    const facts = { recipientId: one(['a', 'b', 'c']), country: one(['France', 'EIRE']) };
    const id = `n${known.length}`;
    known.push([id, facts]);
    return shop.record(id, sent(id, facts));
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
    const first = await shop.record('o1', sent('o1', { recipientId: 'a' }));
    const at = now();
    shop.platform.moveClock(1_000);
    await shop.record('o1', delivered('o1', { recipientId: 'a' }));
    const { headers, body } = await ask(`/recipients/a?at=${at}`);
    expect(body).toMatchObject({ parcels: 1, delivered: 0 });
    expect(headers.get('x-position')?.split(', ')).toContain(first);
    // Two partitions: a genesis record each, and the one event of the order that lies before.
    expect(headers.get('x-events-read')).toBe('3');
  });

  it('reads no further than it has to', async () => {
    await started();
    await shop.record('o1', sent('o1'));
    const at = now();
    shop.platform.moveClock(1_000);
    for (let n = 0; n < RECORDS_OF_A_CHUNK; n += 1) await shop.record('o1', delivered('o1'));
    const chunks: number[] = [];
    const onRead = (events: number): void => void chunks.push(events);
    await shop.model('deliveries').asOf({ at, wants: () => true, onRead });
    expect(chunks.sort()).toEqual([1, 2]);
  }, 60_000);

  it('is empty before the first event', async () => {
    await started();
    const before = new Date(shop.platform.now() - 1).toISOString();
    await shop.record('o1', sent('o1', { recipientId: 'a' }), delivered('o1', { recipientId: 'a' }));
    const { body, headers } = await ask(`/deliveries?by=country&at=${before}`);
    expect(body).toEqual({ rows: [] });
    expect(headers.get('x-position')).toBe('parcels.events/0@0, parcels.events/1@0');
    const nobody = await ask(`/recipients/a?at=${before}`);
    expect([nobody.status, nobody.body['code']]).toEqual([404, 'recipients-not-found']);
  });

  it('is no view of the future, nor one that waits, nor one that is followed', async () => {
    await started();
    const min = await shop.record('o1', sent('o1'));
    const tomorrow = new Date(shop.platform.now() + 1).toISOString();
    const future = await ask(`/deliveries?by=country&at=${tomorrow}`);
    expect(future.body).toMatchObject({ status: 400, errors: [{ field: 'at', rule: 'must not lie in the future' }] });
    const waiting = await ask(`/deliveries?by=country&at=${now()}`, min);
    expect(waiting.body).toMatchObject({ status: 400, errors: [{ field: 'X-Min-Position' }] });
    const vague = await ask('/recipients/a?at=yesterday');
    expect(vague.body).toMatchObject({ status: 400, errors: [{ field: 'at' }] });
    const followed = await ask(`/deliveries/stream?by=country&at=${now()}`);
    expect(followed.body).toMatchObject({ status: 400, errors: [{ field: 'at' }] });
  });

  it('is refused when more has to be read than is allowed', async () => {
    await started({ asOf: { maxEvents: 3 } });
    await shop.record('o1', sent('o1'));
    const before = now();
    shop.platform.moveClock(1_000);
    await shop.record('o1', delivered('o1'));
    expect((await ask(`/deliveries?by=country&at=${before}`)).status).toBe(200);
    const { status, body } = await ask(`/deliveries?by=country&at=${now()}`);
    expect([status, body['code'], body['retriable']]).toEqual([422, 'as-of-too-costly', false]);
    expect(body['detail']).toMatch(/more than 3 events .* asOf.maxEvents/);
  });
});

describe('views of the past', () => {
  const platform = testPlatform({ seed: 1, startAt: '2026-01-01T00:00:00.000Z' });
  const at = '2025-01-01T00:00:00.000Z';
  const viewsWithin = (withinMs: number): PastViews =>
    new PastViews({ platform, settings: settingsOf({ asOf: { maxEvents: 10, withinMs } }) } as unknown as Surroundings);
  const query = { at, wants: () => true };
  const reading = (read: (onRead: (events: number) => void) => Promise<void>) => ({
    asOf: async ({ onRead }: { onRead: (events: number) => void }) => {
      await read(onRead);
      return { documents: [], positions: [] };
    },
  });

  it('are made two at a time', async () => {
    const views = viewsWithin(60_000);
    let end = (): void => undefined;
    const gate = new Promise<void>((resolve) => (end = resolve));
    const make = () =>
      views.documents(
        reading(() => gate),
        query,
        [],
      );
    const underWay = [make(), make()];
    await expect(make()).rejects.toMatchObject({ code: 'as-of-busy', retriable: true });
    end();
    await Promise.all(underWay);
    await expect(make()).resolves.toEqual([]);
  });

  it('end when they take too long, and when the service does', async () => {
    const once = reading((onRead) => Promise.resolve(onRead(1)));
    const slow = viewsWithin(0).documents(once, query, []);
    await expect(slow).rejects.toMatchObject({ code: 'as-of-too-slow', retriable: true });
    const views = viewsWithin(60_000);
    await expect(views.documents(once, query, [])).resolves.toEqual([]);
    views.beforeApplicationShutdown();
    await expect(views.documents(once, query, [])).rejects.toBeInstanceOf(ServiceNotReady);
  });

  it('end when nobody waits for them any more', async () => {
    const request = { isCutOff: false, setHeader: () => undefined };
    const leaves = reading((onRead) => {
      request.isCutOff = true;
      return Promise.resolve(onRead(1));
    });
    const made = whileAnswering(request as unknown as Answering, () =>
      viewsWithin(60_000).documents(leaves, query, []),
    );
    await expect(made).rejects.toBeInstanceOf(ServiceNotReady);
  });
});
