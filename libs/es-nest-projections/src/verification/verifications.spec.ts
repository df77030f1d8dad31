import type { StoredDocument } from '@ledgerline/es-core/adapter';
import type { Log, LogFacts } from '@ledgerline/es-nest';
import { eventually, memoryReadModelStore } from '@ledgerline/es-testing';
import { sent } from '../fixtures/parcels.js';
import { ParcelsInMemory } from '../fixtures/parcels-in-memory.js';

const metric = async (shop: ParcelsInMemory, name: string): Promise<number | undefined> => {
  const text = await (await fetch(`${shop.url}/metrics`)).text();
  const line = new RegExp(`^ledgerline_verification_${name}\\{.*projection="parcel-page".*\\} (\\S+)$`, 'm').exec(text);
  return line ? Number(line[1]) : undefined;
};

describe('a service that runs', () => {
  it('finds by itself what was changed, says so, and says when it is mended', async () => {
    const errors: LogFacts[] = [];
    const none = (): void => undefined;
    const error = (event: string, facts: LogFacts = {}): void => void errors.push({ event, ...facts });
    const log: Log = { debug: none, info: none, warn: none, error };
    const store = memoryReadModelStore();
    const shop = new ParcelsInMemory(store);
    try {
      await shop.provision();
      await shop.start({ verification: { everyMs: 1_000, percent: 100 }, log });
      const position = await shop.record('o1', sent('o1'));
      await fetch(`${shop.url}/parcels/o1`, { headers: { 'x-min-position': position } });
      const { collection } = shop.model('parcel-page');
      const good = (await store.load(collection, ['o1'])).get('o1');
      if (!good?.document) throw new Error('it was there a moment ago');
      const write = async (document: object, expectedRevision: number): Promise<void> => {
        expect(await store.write(collection, [{ ...good, document: { ...document }, expectedRevision }])).toEqual([]);
      };
      await write({ ...good.document, status: 'lost' }, 1);
      await eventually(async () => expect(await metric(shop, 'divergent_documents')).toBe(1));
      expect(errors[0]).toEqual({
        ...{ event: 'read-model-diverged', projection: 'parcel-page', id: 'o1', problem: 'different' },
        ...{ fields: ['status'], position, stream: 'parcel-o1', version: 1, type: 'ParcelSent' },
        seed: expect.any(String) as string,
      });
      await write(good.document, 2);
      await eventually(async () => expect(await metric(shop, 'divergent_documents')).toBe(0));
      expect(await metric(shop, 'documents_total')).toBeGreaterThanOrEqual(2);
      expect(await metric(shop, 'last_seconds')).toBe(shop.platform.now() / 1_000);
    } finally {
      await shop.close();
    }
  }, 60_000);

  it('checks nothing where it is told not to', async () => {
    const shop = new ParcelsInMemory();
    try {
      await shop.provision();
      await shop.start({ verification: { everyMs: 0 } });
      await fetch(`${shop.url}/projections/parcel-page/verify`, { method: 'POST' });
      expect(await metric(shop, 'documents_total')).toBe(0);
    } finally {
      await shop.close();
    }
  });
});

describe('what is known to differ', () => {
  let shop: ParcelsInMemory;
  /** As it should be. */
  let good: StoredDocument;

  const verify = async (sample?: number): Promise<object> => {
    const body = { headers: { 'content-type': 'application/json' }, body: JSON.stringify({ sample }) };
    const answer = await fetch(`${shop.url}/projections/parcel-page/verify`, { method: 'POST', ...body });
    return (await answer.json()) as object;
  };
  const write = async (document: object | undefined): Promise<void> => {
    const { collection } = shop.model('parcel-page');
    const { revision = 0 } = (await shop.readModels.load(collection, ['o1'])).get('o1') ?? {};
    const changed = { ...good, document: document && { ...document }, expectedRevision: revision };
    expect(await shop.readModels.write(collection, [changed])).toEqual([]);
  };
  const divergent = (): Promise<number | undefined> => metric(shop, 'divergent_documents');

  beforeEach(async () => {
    shop = new ParcelsInMemory();
    await shop.provision();
    await shop.start();
    const min = await shop.record('o1', sent('o1'));
    await fetch(`${shop.url}/projections`, { headers: { 'x-min-position': min } });
    const found = (await shop.readModels.load(shop.model('parcel-page').collection, ['o1'])).get('o1');
    if (!found) throw new Error('it was there a moment ago');
    good = found;
    await write({ ...good.document, status: 'lost' });
    expect(await verify()).toMatchObject({ divergentCount: 1 });
    expect(await divergent()).toBe(1);
  });

  afterEach(() => shop.close());

  it('stays so in a sample without it, until it is found right', async () => {
    expect(await verify(0.0001)).toMatchObject({ checked: 1, divergent: [{ id: 'o1', fields: ['status'] }] });
    expect(await divergent()).toBe(1);
    await write(good.document);
    expect(await verify(0.0001)).toMatchObject({ checked: 1, divergentCount: 0 });
    expect(await divergent()).toBe(0);
    expect(await verify(0.0001)).toMatchObject({ checked: 0 });
  });

  it('is none of another generation that answers', async () => {
    const was = shop.model('parcel-page').collection;
    await shop.model('parcel-page').generations.rebuild();
    await eventually(() => expect(shop.model('parcel-page').collection).not.toBe(was));
    expect(await divergent()).toBe(0);
  });

  it('stays so where a check cannot be done, which is counted', async () => {
    const time = await metric(shop, 'last_seconds');
    shop.platform.moveClock(5_000);
    shop.storeAnswers = false;
    expect(await verify()).toMatchObject({ code: 'read-models-unavailable' });
    shop.storeAnswers = true;
    expect(
      await Promise.all(['divergent_documents', 'last_seconds', 'failures_total'].map((n) => metric(shop, n))),
    ).toEqual([1, time, 1]);
  });
});
