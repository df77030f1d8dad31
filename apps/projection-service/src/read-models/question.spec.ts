import type { RunningService } from '@ledgerline/es-nest';
import { eventually } from '@ledgerline/es-testing';
import { orderCreated } from '../fixtures/order-events.js';
import { ShopInMemory } from '../fixtures/shop-in-memory.js';
import { ask, questionTo } from './question.js';
import { ReadModels } from './read-models.js';

describe('a question', () => {
  const shop = new ShopInMemory();
  let service: RunningService;

  beforeAll(async () => {
    await shop.provision();
    service = await shop.start();
    await service.ready;
    const min = await shop.recordOrder('o1', orderCreated('o1'));
    await fetch(`${shop.url}/orders/o1`, { headers: { 'x-min-position': min } });
  });

  afterAll(() => shop.close());

  /** Another generation takes over while the question is asked for the first time, which then ends in this way. */
  const askedWhileSwitched = async (end: (collection: string) => string) => {
    const { orderPage } = service.app.get(ReadModels);
    const before = orderPage.collection;
    const asked: string[] = [];
    const see = async (): Promise<string> => {
      const { collection } = orderPage;
      asked.push(collection);
      if (collection !== before) return collection;
      await orderPage.generations.rebuild();
      await eventually(() => expect(orderPage.collection).not.toBe(before));
      return end(collection);
    };
    const positions: string[] = [];
    const { view } = await ask(
      questionTo(orderPage, { name: 'any', see }),
      (position) => void positions.push(position),
    );
    return { before, view, asked, positions, now: orderPage.collection };
  };

  it('is asked again when another generation takes over meanwhile', async () => {
    const { before, view, asked, positions, now } = await askedWhileSwitched((collection) => collection);
    expect(view).toBe(now);
    expect(asked).toEqual([before, now]);
    expect(positions).toHaveLength(2);
  });

  it('is asked again also where the generation that went had nothing', async () => {
    const { view, now } = await askedWhileSwitched(() => {
      throw new Error('the collection was dropped');
    });
    expect(view).toBe(now);
  });

  it('fails as it is answered where no generation takes over', async () => {
    const { orderPage } = service.app.get(ReadModels);
    const gone = (): Promise<never> => Promise.reject(new Error('the disk is gone'));
    await expect(ask(questionTo(orderPage, { name: 'any', see: gone }))).rejects.toThrow('the disk is gone');
  });
});
