import { KafkaProxy, FETCH, type Passing, PRODUCE, seededRandom, type Treatment } from '@ledgerline/es-testing';
import { describeWithOwnBrokers } from '@ledgerline/local-servers';
import { isForeign, ShopUnderLoad } from './index.js';

// Services that are not ours have brokers that are not ours to kill.
await (isForeign ? describe.skip : describeWithOwnBrokers)('the shop on a broker, under load', () => {
  let proxies: KafkaProxy[];
  let shop: ShopUnderLoad | undefined;

  beforeEach(() => {
    [shop, proxies] = [undefined, []];
  });
  afterEach(async () => {
    await shop?.close();
    await Promise.all(proxies.map((proxy) => proxy.close()));
  });

  it('loses and doubles nothing when the broker is killed and started again', async () => {
    shop = await ShopUnderLoad.open({ brokers: 1 });
    for (let time = 0; time < 2; time += 1) {
      await shop.load.more(200);
      await shop.kafka.kill(1);
      await shop.kafka.restart(1);
      await shop.goesOn();
    }
    await shop.everythingIsRight();
  }, 120_000);

  it('loses and doubles nothing where the network loses, repeats, delays and cuts', async () => {
    const seed = Number(process.env['FAULT_SEED'] ?? Date.now() % 1_000_000);
    const random = seededRandom(seed);
    shop = await ShopUnderLoad.open({
      brokers: 1,
      advertised: async ({ port }) => {
        const proxy = await KafkaProxy.open({ target: { host: '127.0.0.1', port } });
        proxies.push(proxy);
        return proxy.port;
      },
    });
    await shop.load.more(100);
    for (const proxy of proxies) proxy.treat = (passing) => badWeather(passing, random);
    await shop.load.more(300);
    for (const proxy of proxies) proxy.treat = () => 'pass';
    await shop.goesOn();
    try {
      await shop.everythingIsRight();
    } catch (cause) {
      throw new Error(`with FAULT_SEED=${seed}`, { cause });
    }
  }, 180_000);
});

/** Of what is produced and fetched one in twelve, and its answer; sign-on and metadata stay as they are. */
const badWeather = ({ apiKey }: Passing, random: () => number): Treatment => {
  if ((apiKey !== PRODUCE && apiKey !== FETCH) || random() > 1 / 12) return 'pass';
  const treatments: readonly Treatment[] = ['lose', 'repeat', 'repeat', { afterMs: 300 }, { afterMs: 30 }, 'cut'];
  return treatments[Math.floor(random() * treatments.length)] ?? 'pass';
};
