import type { ReadModelStore } from '@ledgerline/es-core/adapter';
import type { Parked } from '@ledgerline/es-core/generations';
import { memoryReadModelStore } from '@ledgerline/es-testing';
import { parkedPage } from './parked-page.js';

const event = { topic: 'parcels.events', partition: 0, ordinal: 2, stream: 'parcel-1', version: 1 };
const parked: Parked = {
  ...{ at: '2026-02-01T08:00:00.000Z', reason: 'cannot take it', from: {}, missed: { 'parcels.events/0': 2 } },
  event: { ...event, type: 'ParcelSent', id: 'e-1' },
};

describe('a page of parked documents', () => {
  let store: ReadModelStore;
  const read = async (folded: readonly string[], after?: readonly [collection: string, id: string]) => {
    const [collection, id] = after ?? [];
    const from = collection !== undefined && id !== undefined ? { after: { collection, id } } : {};
    const page = await parkedPage({ projection: 'p', folded, store }, { limit: 3, ...from });
    return page.map(({ collection: where, stored }) => `${where} ${stored.id}`);
  };

  beforeEach(async () => {
    store = memoryReadModelStore();
    for (const name of ['live', 'filling']) {
      await store.ensure({ name, indexes: [] });
      const writes = ['a', 'b'].map((id) => ({ id, document: undefined, positions: {}, expectedRevision: 0, parked }));
      await store.write(name, writes);
    }
  });

  it('goes on behind the last document, into the next generation', async () => {
    expect(await read(['live', 'filling'])).toEqual(['live a', 'live b', 'filling a']);
    expect(await read(['live', 'filling'], ['live', 'a'])).toEqual(['live b', 'filling a', 'filling b']);
    expect(await read(['live', 'filling'], ['filling', 'a'])).toEqual(['filling b']);
  });

  it('begins anew, and leaves none out, behind a document of a generation that is folded no more', async () => {
    expect(await read(['live', 'filling'], ['dropped', 'a'])).toEqual(['live a', 'live b', 'filling a']);
  });
});
