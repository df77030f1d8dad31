import type { RunningService } from '@ledgerline/es-nest/fastify';
import { breakFold, eventually, FollowedStream } from '@ledgerline/es-testing';
import { deliveries, delivered, feeRequested, sent } from '../fixtures/parcels.js';
import { ParcelsInMemory } from '../fixtures/parcels-in-memory.js';
import type { ProjectionsOptions } from '../module/projections-options.js';
import { LiveQueries } from './live-queries.js';

let shop: ParcelsInMemory;
let service: RunningService;
const clients: FollowedStream[] = [];

const follow = async (path: string, headers: Readonly<Record<string, string>> = {}): Promise<FollowedStream> => {
  const client = await FollowedStream.open(`${shop.url}${path}`, headers);
  clients.push(client);
  return client;
};

const listeners = (): number => shop.models.reduce((sum, { changes }) => sum + changes.listenerCount('applied'), 0);

const nothingOpen = async (): Promise<void> => {
  await eventually(() => expect([service.app.get(LiveQueries).open, listeners()]).toEqual([0, 0]));
};

/** Makes the page say something else, at the positions that it has seen. */
const loseUnseen = async (id: string): Promise<void> => {
  const { collection } = shop.model('parcel-page');
  const good = (await shop.readModels.load(collection, [id])).get(id);
  if (!good?.document) throw new Error('it was there a moment ago');
  const document = { ...good.document, status: 'lost' };
  await shop.readModels.write(collection, [{ ...good, document, expectedRevision: good.revision }]);
};

const started = async (options: ProjectionsOptions = {}): Promise<void> => {
  shop = new ParcelsInMemory();
  await shop.provision();
  service = await shop.start(options);
  await service.ready;
};

afterEach(async () => {
  for (const client of clients.splice(0)) client.leave();
  await shop.close();
});

describe('a stream of a view', () => {
  beforeEach(() => started({ maxStreams: 3 }));

  it('is the state, then each change, each with the position that it has seen', async () => {
    const created = await shop.record('o1', sent('o1'));
    const stream = await follow('/parcels/o1/stream', { 'x-min-position': created });
    expect(stream.answer.headers.get('content-type')).toMatch(/^text\/event-stream/);
    const first = await stream.next();
    expect(first).toMatchObject({ data: { parcelId: 'o1', status: 'sent' } });
    expect(first?.id.split(', ')).toContain(created);
    await shop.recordFee('o1', feeRequested('o1'));
    expect(await stream.next()).toMatchObject({ data: { status: 'sent', fee: 'requested' } });
    const confirmed = await shop.record('o1', delivered('o1'));
    const last = await stream.next();
    expect(last).toMatchObject({ data: { status: 'delivered' } });
    expect(last?.id.split(', ')).toContain(confirmed);
  });

  it('says nothing of what changes elsewhere', async () => {
    const min = await shop.record('o1', sent('o1'));
    const stream = await follow('/parcels/o1/stream', { 'x-min-position': min });
    await stream.next();
    const other = await shop.record('o2', sent('o2'));
    await fetch(`${shop.url}/parcels/o2`, { headers: { 'x-min-position': other } });
    await shop.record('o1', delivered('o1'));
    expect(await stream.next()).toMatchObject({ data: { parcelId: 'o1', status: 'delivered' } });
  });

  it.each([
    ['/recipients/u1/stream', { parcels: 1 }, { parcels: 1, delivered: 1 }],
    ['/deliveries/stream?by=recipient', { rows: [] }, { rows: [{ key: 'u1', delivered: 1 }] }],
    ['/parcels/stream', { items: [{ status: 'sent' }] }, { items: [{ status: 'delivered' }] }],
    ['/projections/stream', { items: [{}, {}, {}] }, { items: [{}, {}, {}] }],
  ])('is there for %s', async (path, before, after) => {
    const min = await shop.record('o1', sent('o1', { recipientId: 'u1' }));
    const stream = await follow(path, { 'x-min-position': min });
    expect(await stream.next()).toMatchObject({ data: before });
    await shop.record('o1', delivered('o1', { recipientId: 'u1' }));
    expect(await stream.next()).toMatchObject({ data: after });
  });

  it('goes on where the client was: with what has changed since, and with nothing else', async () => {
    const created = await shop.record('o1', sent('o1'));
    const first = await follow('/parcels/o1/stream', { 'x-min-position': created });
    const seen = (await first.next())?.id ?? '';
    first.leave();
    const unchanged = await follow('/parcels/o1/stream', { 'last-event-id': seen });
    await shop.record('o1', delivered('o1'));
    expect(await unchanged.next()).toMatchObject({ data: { status: 'delivered' } });
    const changed = await follow('/parcels/o1/stream', { 'last-event-id': seen });
    expect(await changed.next()).toMatchObject({ data: { status: 'delivered' } });
  });

  it('sends what changes often as it is then, at most ten times a second', async () => {
    const recipientId = 'busy';
    const min = await shop.record('b0', sent('b0', { recipientId }));
    const stream = await follow('/recipients/busy/stream', { 'x-min-position': min });
    const began = performance.now();
    for (let n = 1; n <= 100; n += 1) await shop.record(`b${n}`, sent(`b${n}`, { recipientId }));
    let events = 0;
    for (let count: unknown = 0; count !== 101; events += 1) count = (await stream.next())?.data['parcels'];
    expect(events).toBeLessThanOrEqual((performance.now() - began) / 100 + 2);
  });

  it.each([
    ['/parcels/none/stream', {}, 404, 'parcel-not-found'],
    ['/deliveries/stream?by=week', {}, 400, 'validation-failed'],
  ])('is refused before it starts: %s %j', async (path, headers, status, code) => {
    const answer = await fetch(`${shop.url}${path}`, { headers: headers as Record<string, string> });
    expect(answer.headers.get('content-type')).toBe('application/problem+json');
    expect([answer.status, ((await answer.json()) as { code: string }).code]).toEqual([status, code]);
    await nothingOpen();
  });

  it.each([
    ['is junk', 'yesterday'],
    ['is nothing', ''],
    ['has the form of an id only', 'yesterday, #AAAAAAAAAAAA'],
    ['is ahead of the log', 'parcels.events/0@999999, #AAAAAAAAAAAA'],
    ['is of a partition that is gone', 'parcels.events/99@3, fees.events/0@1, #AAAAAAAAAAAA'],
    ['is of another log', 'parcels.events/0@3, #AAAAAAAAAAAA'],
  ])(
    'begins with the state where what the client saw last %s, for a refusal would be the end to a browser',
    async (_, id) => {
      const min = await shop.record('o1', sent('o1'));
      const stream = await follow('/parcels/o1/stream', { 'x-min-position': min, 'last-event-id': id });
      expect(stream.answer.status).toBe(200);
      const first = await stream.next();
      expect(first).toMatchObject({ data: { parcelId: 'o1', status: 'sent' } });
      expect(first?.id.split(', ')).toContain(min);
      await shop.record('o1', delivered('o1'));
      expect(await stream.next()).toMatchObject({ data: { status: 'delivered' } });
    },
  );

  it('is one of so many', async () => {
    const open = await Promise.all([1, 2, 3].map(() => follow('/projections/stream')));
    const refused = await fetch(`${shop.url}/projections/stream`);
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '1']);
    expect(await refused.json()).toMatchObject({ code: 'too-many-streams', retriable: true });
    open[0]?.leave();
    await eventually(async () => expect((await follow('/projections/stream')).answer.status).toBe(200));
  });

  it('leaves nothing behind when its client goes, or wants its headers only', async () => {
    const min = await shop.record('o1', sent('o1'));
    const streams = await Promise.all([1, 2].map(() => follow('/parcels/o1/stream', { 'x-min-position': min })));
    expect([service.app.get(LiveQueries).open, listeners()]).toEqual([2, 1]);
    for (const stream of streams) stream.leave();
    await nothingOpen();
    const head = await fetch(`${shop.url}/parcels/o1/stream`, { method: 'HEAD' });
    expect([head.status, head.headers.get('x-position')]).toEqual([200, expect.stringContaining(min)]);
    await nothingOpen();
  });

  it('ends when its view cannot be read any more', async () => {
    const min = await shop.record('o1', sent('o1'));
    const stream = await follow('/parcels/o1/stream', { 'x-min-position': min });
    await stream.next();
    const load = shop.readModels.load.bind(shop.readModels);
    let failing = true;
    shop.readModels.load = (...args) => (failing ? Promise.reject(new Error('the disk is gone')) : load(...args));
    shop.model('parcel-page').changes.emit('applied');
    expect(await stream.next()).toBeUndefined();
    failing = false;
    await nothingOpen();
  });

  it('shows what another generation says, once that one answers', async () => {
    const min = await shop.record('o1', sent('o1'));
    const stream = await follow('/parcels/o1/stream', { 'x-min-position': min });
    await stream.next();
    const model = shop.model('parcel-page');
    const { collection } = model;
    await loseUnseen('o1');
    const other = await shop.record('o2', sent('o2'));
    expect(await stream.next()).toMatchObject({ data: { status: 'lost' } });
    await model.generations.rebuild();
    const made = await stream.next();
    expect(made).toMatchObject({ data: { status: 'sent' } });
    expect(made?.id.split(', ')).toContain(other);
    expect(model.collection).not.toBe(collection);
  });

  it('goes on where the client was also with what is new at the same positions', async () => {
    const min = await shop.record('o1', sent('o1'));
    const first = await follow('/parcels/o1/stream', { 'x-min-position': min });
    const seen = (await first.next())?.id ?? '';
    first.leave();
    await loseUnseen('o1');
    const again = await follow('/parcels/o1/stream', { 'last-event-id': seen });
    expect(await again.next()).toMatchObject({ data: { status: 'lost' } });
  });

  it.each([
    ['is ahead of the log', 'parcels.events/0@999999'],
    ['is of a partition that is gone', 'parcels.events/99@3'],
    ['is none', 'yesterday'],
  ])(
    'begins with the state, and with an id of this log, where the same state was seen under one that %s',
    async (_, other) => {
      const min = await shop.record('o1', sent('o1'));
      const first = await follow('/parcels/o1/stream', { 'x-min-position': min });
      const seen = await first.next();
      first.leave();
      const [, hash = ''] = (seen?.id ?? '').split('#');
      const stream = await follow('/parcels/o1/stream', { 'last-event-id': `${other}, #${hash}` });
      await shop.record('o1', delivered('o1'));
      const again = await stream.next();
      expect(again).toMatchObject({ data: { status: 'sent' } });
      expect(again?.id).toBe(seen?.id);
    },
  );

  it('begins with the state where the client only says positions, as ids were before they had a hash', async () => {
    const min = await shop.record('o1', sent('o1'));
    const stream = await follow('/parcels/o1/stream', { 'last-event-id': min });
    expect(await stream.next()).toMatchObject({ data: { status: 'sent' } });
  });

  it('shows what is new although nothing was applied: after a retry, and a generation that is filling', async () => {
    const mend = breakFold(deliveries, ({ context }) => context.stream === 'parcel-p1', 'cannot take parcel-p1');
    const recipientId = 'p';
    const min = await shop.record('p1', sent('p1', { recipientId }), delivered('p1', { recipientId }));
    const report = await follow('/deliveries/stream?by=recipient', { 'x-min-position': min });
    expect(await report.next()).toMatchObject({ data: { rows: [] } });
    mend();
    const { generations } = shop.model('deliveries');
    for (const { id } of await shop.readModels.parked(generations.collection, { limit: 100 }))
      await generations.retry(generations.collection, id);
    expect(await report.next()).toMatchObject({ data: { rows: [{ key: 'p', delivered: 1 }] } });
    const status = await follow('/projections/stream');
    const states = async (): Promise<unknown> =>
      ((await status.next())?.data as { items: { generations: { state: string }[] }[] }).items.flatMap(
        ({ generations: all }) => all.map(({ state }) => state),
      );
    expect(await states()).toEqual(['live', 'live', 'live']);
    const repair = breakFold(deliveries, () => true, 'cannot take anything');
    try {
      await generations.rebuild();
      await eventually(async () => expect(await states()).toEqual(['live', 'filling', 'live', 'live']));
    } finally {
      repair();
    }
  });

  it('ends with the service', async () => {
    const min = await shop.record('o1', sent('o1'));
    const stream = await follow('/parcels/o1/stream', { 'x-min-position': min });
    await stream.next();
    const began = performance.now();
    const closed = shop.close();
    expect(await stream.next()).toBeUndefined();
    await closed;
    expect(performance.now() - began).toBeLessThan(4_000);
  });
});
