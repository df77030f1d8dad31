import { eventually } from '@ledgerline/es-testing';
import { sent } from '../fixtures/parcels.js';
import { ParcelsInMemory } from '../fixtures/parcels-in-memory.js';
import { run } from './query.js';

describe('a query', () => {
  const shop = new ParcelsInMemory();

  beforeAll(async () => {
    await shop.provision();
    await shop.start();
    const min = await shop.record('o1', sent('o1'));
    await fetch(`${shop.url}/parcels/o1`, { headers: { 'x-min-position': min } });
  });

  afterAll(() => shop.close());

  /** Another generation takes over while the query runs for the first time, which then ends in this way. */
  const runWhileSwitched = async (end: (collection: string) => string) => {
    const page = shop.model('parcel-page');
    const before = page.collection;
    const runs: string[] = [];
    const fetching = async (): Promise<string> => {
      const { collection } = page;
      runs.push(collection);
      if (collection !== before) return collection;
      await page.generations.rebuild();
      await eventually(() => expect(page.collection).not.toBe(before));
      return end(collection);
    };
    const positions: string[] = [];
    const { view } = await run(
      page.bind({ name: 'any', fetch: fetching }),
      (position) => void positions.push(position),
    );
    return { before, view, runs, positions, now: page.collection };
  };

  it('is run again when another generation takes over meanwhile', async () => {
    const { before, view, runs, positions, now } = await runWhileSwitched((collection) => collection);
    expect(view).toBe(now);
    expect(runs).toEqual([before, now]);
    expect(positions).toHaveLength(2);
  });

  it('is run again also where the generation that went had nothing', async () => {
    const { view, now } = await runWhileSwitched(() => {
      throw new Error('the collection was dropped');
    });
    expect(view).toBe(now);
  });

  it('fails as it is answered where no generation takes over', async () => {
    const page = shop.model('parcel-page');
    const gone = (): Promise<never> => Promise.reject(new Error('the disk is gone'));
    await expect(run(page.bind({ name: 'any', fetch: gone }))).rejects.toThrow('the disk is gone');
  });
});
