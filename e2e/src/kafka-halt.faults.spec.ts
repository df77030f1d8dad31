import { setTimeout as pause } from 'node:timers/promises';
import { describeWithOwnBrokers } from '@ledgerline/local-servers';
import { isForeign, ShopUnderLoad } from './index.js';

const HALF_A_MINUTE_MS = 30_000;

// Services that are not ours have brokers that are not ours to halt.
await (isForeign ? describe.skip : describeWithOwnBrokers)('the shop on a broker that is halted, under load', () => {
  let shop: ShopUnderLoad | undefined;
  afterEach(() => shop?.close());

  it('loses and doubles nothing, and goes on after half a minute', async () => {
    shop = await ShopUnderLoad.open({ brokers: 1 });
    await shop.load.more(200);
    shop.kafka.stop(1);
    await pause(HALF_A_MINUTE_MS); // The time is the fault.
    shop.kafka.cont(1);
    await shop.goesOn();
    expect(shop.load.troubles).toBeGreaterThan(0);
    await shop.everythingIsRight();
  }, 120_000);
});
