import { setTimeout as pause } from 'node:timers/promises';
import { eventually } from '@ledgerline/es-testing';
import { describeWithOwnBrokers } from '@ledgerline/local-servers';
import { ask, isForeign, ShopUnderLoad } from './index.js';

const HALF_A_MINUTE_MS = 30_000;
const NOT_READY_WITHIN_MS = 10_000;

const readiness = async (url: string): Promise<unknown> => {
  const { status, body } = await ask(`GET ${url}/health/ready`);
  return [status, body['code']];
};

// Services that are not ours have brokers that are not ours to halt.
await (isForeign ? describe.skip : describeWithOwnBrokers)('the shop on a broker that is halted, under load', () => {
  let shop: ShopUnderLoad | undefined;
  afterEach(() => shop?.close());

  it('loses and doubles nothing, and goes on after half a minute', async () => {
    shop = await ShopUnderLoad.open({ brokers: 1 });
    await shop.load.more(200);
    shop.kafka.stop(1);
    const halted = performance.now();
    const { orders, payments, projections } = shop.shop;
    const all = [orders, payments, projections];
    for (const url of all)
      await eventually(async () => expect(await readiness(url)).toEqual([503, 'log-unavailable']), { everyMs: 50 });
    expect(performance.now() - halted).toBeLessThan(NOT_READY_WITHIN_MS);
    await pause(HALF_A_MINUTE_MS); // The time is the fault.
    for (const url of all) expect(await readiness(url)).toEqual([503, 'log-unavailable']);
    shop.kafka.cont(1);
    await shop.goesOn();
    for (const url of all) await eventually(async () => expect(await readiness(url)).toEqual([200, undefined]));
    expect(shop.load.troubles).toBeGreaterThan(0);
    await shop.everythingIsRight();
  }, 120_000);
});
