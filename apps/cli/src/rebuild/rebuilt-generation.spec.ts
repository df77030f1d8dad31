import { StandInService } from '../fixtures/stand-in-service.js';
import { ServiceClient } from '../http/service-client.js';
import type { Shop } from '../http/shop.js';
import type { Generation } from '../progress/readers.js';
import { beginRebuild, liveGeneration } from './rebuilt-generation.js';

const generation = (number: number, state: string, more: Partial<Generation> = {}): Generation => ({
  ...{ number, revision: 1, state, standsStill: false, parked: 0, ...more },
});
const live = generation(1, 'live');
const filling = (percent: number): Generation =>
  generation(2, 'filling', { progress: { percent, eventsPerSecond: 9 } });

describe('a rebuild that somebody waits for', () => {
  let service: StandInService;
  let client: ServiceClient;
  let looks: Generation[][];

  const shop = (): Shop => ({ orders: client, payments: client, projections: client });
  const wait = async (): Promise<{ readonly number: number; readonly seen: number[] }> => {
    const seen: number[] = [];
    const { number } = await beginRebuild(shop(), 'order-page');
    await liveGeneration(shop(), { name: 'order-page', number }, ({ progress }) => seen.push(progress?.percent ?? -1));
    return { number, seen };
  };

  beforeEach(async () => {
    service = new StandInService(({ method }) => {
      const [generations = []] = looks;
      if (looks.length > 1) looks.shift();
      const projection = { name: 'order-page', revision: 1, generations, partitions: [] };
      return { body: JSON.stringify(method === 'POST' ? projection : { items: [projection] }) };
    });
    client = new ServiceClient({ name: 'projection-service', url: await service.listen() });
  });
  afterEach(async () => {
    await client.close();
    await service.close();
  });

  it('tells how far it is, and ends once the new generation is live', async () => {
    looks = [
      [live, filling(0)],
      [live, filling(40)],
      [generation(2, 'live'), generation(1, 'previous')],
    ];
    expect(await wait()).toEqual({ number: 2, seen: [40] });
  });

  it('ends when the new generation has taken over before the answer', async () => {
    looks = [[generation(2, 'live'), generation(1, 'previous')]];
    expect(await wait()).toEqual({ number: 2, seen: [] });
  });

  it('fails when it is held back, and when somebody gives it up', async () => {
    looks = [
      [live, filling(0)],
      [live, generation(2, 'filling', { heldBack: true, parked: 3 })],
    ];
    await expect(wait()).rejects.toThrow('3 of its documents are parked');
    looks = [[live, filling(0)], [live]];
    await expect(wait()).rejects.toMatchObject({ code: 'rebuild-ended', facts: { number: 2 } });
  });
});
