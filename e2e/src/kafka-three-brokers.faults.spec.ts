import { describeWithOwnBrokers } from '@ledgerline/local-servers';
import { isForeign, ShopUnderLoad } from './index.js';

// Services that are not ours have brokers that are not ours to kill.
await (isForeign ? describe.skip : describeWithOwnBrokers)('the shop on three brokers, under load', () => {
  let shop: ShopUnderLoad | undefined;
  afterEach(() => shop?.close());

  it('loses and doubles nothing when the leaders are killed in turn', async () => {
    shop = await ShopUnderLoad.open({ brokers: 3 });
    for (const node of [1, 2, 3]) {
      await shop.load.more(100);
      await shop.kafka.kill(node);
      // The others go on once they have noticed, which takes Kafka nine seconds.
      await shop.load.more(20);
      await shop.kafka.restart(node);
      await shop.goesOn();
    }
    await shop.everythingIsRight();
  }, 300_000);
});
