import { jest } from '@jest/globals';
import type { Positions } from '@ledgerline/es-core';
import type { DocumentWrite, ReadModelStore, StoredDocument } from '@ledgerline/es-core/adapter';
import { eventually, seededRandom } from '@ledgerline/es-testing';
import { emptyStores, type OpenedStore } from '../fixtures/opened-stores.js';
import { delivered, feeRequested, sent } from '../fixtures/parcels.js';
import { ParcelsInMemory } from '../fixtures/parcels-in-memory.js';

const SEED = 20101201;

let opened: OpenedStore;
let shop: ParcelsInMemory;

/** Everything that is recorded has been applied. */
const settled = async (...positions: readonly string[]): Promise<void> => {
  const { status } = await fetch(`${shop.url}/projections`, { headers: { 'x-min-position': positions.join(',') } });
  expect(status).toBe(200);
};

const collection = (): string => shop.model('parcel-page').collection;

const stored = async (id: string): Promise<StoredDocument> => {
  const found = (await opened.store.load(collection(), [id])).get(id);
  if (!found) throw new Error(`${id} is not there`);
  return found;
};

/** Somebody writes into the store behind the projection's back. */
const tamper = async (...writes: readonly Omit<DocumentWrite, 'expectedRevision'>[]): Promise<void> => {
  const found = await opened.store.load(
    collection(),
    writes.map(({ id }) => id),
  );
  const all = writes.map((write) => ({ ...write, expectedRevision: found.get(write.id)?.revision ?? 0 }));
  expect(await opened.store.write(collection(), all)).toEqual([]);
};

const byId = (a: { id: string }, b: { id: string }): number => (a.id < b.id ? -1 : 1);

describe.each(emptyStores)('holding a read model against the log, %s', (_, open) => {
  beforeEach(async () => {
    opened = await open();
    shop = new ParcelsInMemory(opened.store);
    await shop.provision();
    await shop.start();
  });

  afterEach(async () => {
    await shop.close();
    await opened.dispose();
  });

  it('finds nothing where nothing is wrong', async () => {
    const min = await shop.record('o1', sent('o1'), delivered('o1'));
    await settled(min, await shop.recordFee('o1', feeRequested('o1')));
    for (const model of shop.models) {
      const { checked, ...rest } = await model.verify({});
      expect(checked).toBeGreaterThan(0);
      expect(rest).toEqual({ passes: 1, divergentCount: 0, divergent: [] });
    }
  });

  it('finds nothing where the log has text that is refused today, and every store has the same', async () => {
    const half = { country: 'half \ud83d', recipientId: '\ude00' };
    await settled(await shop.record('o1', sent('o1', half), delivered('o1', half)));
    for (const model of shop.models) expect(await model.verify({})).toMatchObject({ divergentCount: 0, divergent: [] });
    const { document } = await stored('o1');
    expect(document).toMatchObject({ country: 'half \ufffd' });
    expect(JSON.stringify(document)).not.toMatch(/\\ud/);
  });

  it('finds what was changed, removed, made up or left behind, and the first event that it shows by', async () => {
    const at: Record<string, string> = {};
    for (const id of ['changed', 'removed', 'stale', 'behind']) at[id] = await shop.record(id, sent(id));
    await settled(...Object.values(at));
    shop.platform.moveClock(1_000);
    const [stale, behind] = [await stored('stale'), await stored('behind')];
    const paid = await shop.recordFee('stale', feeRequested('stale'));
    shop.platform.moveClock(1_000);
    for (const id of ['changed', 'stale', 'behind']) at[`${id} delivered`] = await shop.record(id, delivered(id));
    await settled(...Object.values(at), paid);
    const changed = await stored('changed');
    await tamper(
      { ...changed, document: { ...changed.document, country: 'somewhere' } },
      { ...(await stored('removed')), document: undefined },
      { id: 'made-up', document: { parcelId: 'made-up' }, positions: {} },
      { ...(await stored('stale')), document: stale.document },
      behind,
    );
    const { divergent, divergentCount, checked } = await shop.model('parcel-page').verify({});
    expect([divergentCount, checked]).toEqual([5, 5]);
    const place = (id: string, version: number, type: string) => ({
      ...{ position: version === 1 ? at[id] : at[`${id} delivered`], stream: `parcel-${id}`, version, type },
    });
    expect([...divergent].sort(byId)).toEqual([
      {
        ...{ id: 'behind', problem: 'different', firstEvent: place('behind', 2, 'ParcelDelivered') },
        fields: ['status', 'positions'],
      },
      // Each event of a parcel says where it goes: it was right from the first one on.
      { id: 'changed', problem: 'different', fields: ['country'], firstEvent: place('changed', 1, 'ParcelSent') },
      { id: 'made-up', problem: 'extra' },
      { id: 'removed', problem: 'missing', firstEvent: place('removed', 1, 'ParcelSent') },
      {
        ...{ id: 'stale', problem: 'different', fields: ['status', 'fee'] },
        firstEvent: { position: paid, stream: 'fee-stale', version: 1, type: 'FeeRequested' },
      },
    ]);
  });

  it('says which event was not applied where that changed nothing else', async () => {
    const created = await shop.record('o1', sent('o1'));
    await settled(created);
    const before = await stored('o1');
    const confirmed = await shop.record('o1', delivered('o1'));
    await settled(confirmed);
    await tamper({ ...(await stored('o1')), positions: before.positions });
    expect((await shop.model('parcel-page').verify({})).divergent).toEqual([
      {
        ...{ id: 'o1', problem: 'different', fields: ['positions'] },
        firstEvent: { position: confirmed, stream: 'parcel-o1', version: 2, type: 'ParcelDelivered' },
      },
    ]);
  });

  it('names the document that says to have applied more than the log holds', async () => {
    await settled(await shop.record('o1', sent('o1')), await shop.record('o2', sent('o2')));
    const { positions, ...found } = await stored('o1');
    const raised = Object.entries(positions).map(([key, ordinal]) => [key, ordinal + 100_000]);
    await tamper({ ...found, positions: Object.fromEntries(raised) as Positions });
    expect(await shop.model('parcel-page').verify({})).toMatchObject({
      ...{ checked: 2, divergentCount: 1 },
      divergent: [{ id: 'o1', problem: 'different', fields: ['positions'] }],
    });
  });

  it('says that the log does not even hold what the projection has applied', async () => {
    await settled(await shop.record('o1', sent('o1')));
    const { generations } = shop.model('parcel-page');
    const status = generations.status().map((one) => ({ ...one, ordinal: one.ordinal + 1 }));
    jest.spyOn(generations, 'status').mockReturnValue(status);
    await expect(shop.model('parcel-page').verify({})).rejects.toMatchObject({ code: 'log-diverged' });
  });

  it('takes a parked document as it was left, and one of another generation not at all', async () => {
    const created = await shop.record('o1', sent('o1'));
    await settled(created);
    const before = await stored('o1');
    const confirmed = await shop.record('o1', delivered('o1'));
    await settled(confirmed);
    const event = { ...{ topic: 'parcels.events', partition: 0, ordinal: 3 }, stream: 'parcel-o1', version: 2 };
    const parked = {
      ...{ at: '2010-12-01T08:00:00.000Z', reason: 'it cannot be folded', from: {}, missed: {} },
      event: { ...event, type: 'ParcelDelivered', id: 'e' },
    };
    await tamper({ ...before, parked });
    expect(await shop.model('parcel-page').verify({})).toMatchObject({ checked: 1, divergent: [] });
    await tamper(before);
    expect(await shop.model('parcel-page').verify({})).toMatchObject({ checked: 1, divergentCount: 1 });
    const find: ReadModelStore['find'] = opened.store.find.bind(opened.store);
    const was = collection();
    opened.store.find = async (...query) => {
      opened.store.find = find;
      await shop.model('parcel-page').generations.rebuild();
      await eventually(() => expect(collection()).not.toBe(was));
      return find(...query);
    };
    await tamper({ ...before, document: { parcelId: 'wrong' } });
    await expect(shop.model('parcel-page').verify({})).rejects.toMatchObject({
      code: 'generation-switched',
      retriable: true,
    });
    expect(await shop.model('parcel-page').verify({})).toMatchObject({ checked: 1, divergent: [] });
  });

  it('comes to the same in many passes, each of so many documents', async () => {
    const ids = Array.from({ length: 23 }, (_one, i) => `o${i}`);
    const positions: string[] = [];
    for (const id of ids) positions.push(await shop.record(id, sent(id)));
    await settled(...positions);
    const gone = ids.filter((_id, i) => i % 5 !== 2);
    await tamper(...(await Promise.all(gone.map(stored))).map((one) => ({ ...one, document: undefined })));
    await tamper({ id: 'zz', document: { parcelId: 'zz' }, positions: {} });
    let most = 0;
    const find: ReadModelStore['find'] = opened.store.find.bind(opened.store);
    opened.store.find = async (...query) => {
      const found = await find(...query);
      most = Math.max(most, found.length);
      return found;
    };
    const { checked, passes, divergent, divergentCount } = await shop
      .model('parcel-page')
      .verify({ documentsAtOnce: 3 });
    expect(divergent.map(({ id }) => id).sort()).toEqual([...gone, 'zz'].sort());
    expect([checked, divergentCount, most]).toEqual([24, gone.length + 1, 3]);
    expect(passes).toBeGreaterThan(3);
    expect((await shop.model('parcel-page').verify({})).passes).toBe(1);
  });

  it('looks at the share of the documents that a seed chooses', async () => {
    const ids = Array.from({ length: 200 }, (_one, i) => `o${i}`);
    const positions: string[] = [];
    for (const id of ids) positions.push(await shop.record(id, sent(id)));
    await settled(...positions);
    await tamper(...(await Promise.all(ids.map(stored))).map((one) => ({ ...one, document: { wrong: one.id } })));
    const found = async (seed: string): Promise<string[]> => {
      const { checked, divergent, sample } = await shop.model('parcel-page').verify({ sample: { percent: 20, seed } });
      expect([divergent.length, sample]).toEqual([checked, { percent: 20, seed }]);
      return divergent.map(({ id }) => id);
    };
    const [one, again, other] = [await found('a'), await found('a'), await found('b')];
    expect(one).toEqual(again);
    expect(one).not.toEqual(other);
    for (const { length } of [one, other]) expect(length).toBeGreaterThan(15);
    for (const { length } of [one, other]) expect(length).toBeLessThan(70);
  });

  it('finds nothing wrong while more comes in', async () => {
    const random = seededRandom(SEED);
    let running = true;
    const busy = (async () => {
      for (let i = 0; running && i < 300; i += 1) {
        const id = `o${i}`;
        await shop.record(id, sent(id, { recipientId: `r${Math.floor(random() * 5)}` }));
        if (random() < 0.5) await shop.recordFee(id, feeRequested(id));
        if (random() < 0.5) await shop.record(id, delivered(id));
      }
    })();
    try {
      for (let round = 0; round < 5; round += 1)
        for (const model of shop.models) {
          const { divergent } = await model.verify({ documentsAtOnce: 50 });
          expect([model.name, divergent]).toEqual([model.name, []]);
        }
    } finally {
      running = false;
      await busy;
    }
  });
});
