import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type KafkaCluster, startKafka, type StartKafkaOptions } from '@ledgerline/local-servers';
import {
  eventually,
  FETCH,
  KafkaProxy,
  type Passing,
  PRODUCE,
  seededRandom,
  type Treatment,
} from '@ledgerline/es-testing';
import { type Body, es, isForeign, Load, recordedOf, Shop } from './index.js';

/** So soon after all is well the shop goes on. */
const GOES_ON_WITHIN_MS = 10_000;

// Services that are not ours have brokers that are not ours to kill.
(isForeign ? describe.skip : describe)('the shop on Kafka, under load', () => {
  let directory: string;
  let kafka: KafkaCluster | undefined;
  let proxies: KafkaProxy[];
  let shop: Shop | undefined;
  let load: Load | undefined;

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'ledgerline-faults-'));
    [kafka, shop, load, proxies] = [undefined, undefined, undefined, []];
  });
  afterEach(async () => {
    await load?.abandon();
    await shop?.close();
    await Promise.all(proxies.map((proxy) => proxy.close()));
    await kafka?.close();
    await rm(directory, { recursive: true, force: true });
  });

  const open = async (options: Pick<StartKafkaOptions, 'brokers' | 'advertised'>): Promise<[KafkaCluster, Shop]> => {
    kafka = await startKafka({ directory, ...options });
    shop = await Shop.open({ KAFKA_BROKERS: kafka.brokers.join(',') });
    return [kafka, shop];
  };

  /** The acknowledged ones count once, at the version that was answered, and everything is as it was written. */
  const everythingIsRight = async (of: Shop, by: Load): Promise<void> => {
    await by.end();
    const recorded = await recordedOf(of, by);
    const wrong = [...by.acknowledged].filter(
      ([commandId, { version }]) => JSON.stringify(recorded.get(commandId)) !== JSON.stringify([version]),
    );
    expect(wrong).toEqual([]);
    await eventually(
      async () => {
        const verified = JSON.parse((await es(of.env, 'verify', '--json')).stdout) as Body;
        expect(verified).toMatchObject({ ok: true });
      },
      { timeoutMs: 20_000, everyMs: 200 },
    );
  };

  const goesOn = async (by: Load): Promise<void> => {
    const began = performance.now();
    await by.more(20);
    expect(performance.now() - began).toBeLessThan(GOES_ON_WITHIN_MS);
  };

  it('loses and doubles nothing when the broker is killed and started again', async () => {
    const [cluster, own] = await open({ brokers: 1 });
    load = new Load(() => own.orders);
    for (let time = 0; time < 2; time += 1) {
      await load.more(200);
      await cluster.kill(1);
      await cluster.restart(1);
      await goesOn(load);
    }
    await everythingIsRight(own, load);
  }, 120_000);

  it('loses and doubles nothing when the broker is halted for half a minute', async () => {
    const [cluster, own] = await open({ brokers: 1 });
    load = new Load(() => own.orders);
    await load.more(200);
    cluster.stop(1);
    await new Promise((resolve) => setTimeout(resolve, 30_000)); // The time is the fault.
    cluster.cont(1);
    await goesOn(load);
    expect(load.troubles).toBeGreaterThan(0);
    await everythingIsRight(own, load);
  }, 120_000);

  it('loses and doubles nothing when the leaders of three brokers are killed in turn', async () => {
    const [cluster, own] = await open({ brokers: 3 });
    load = new Load(() => own.orders);
    for (const node of [1, 2, 3]) {
      await load.more(100);
      await cluster.kill(node);
      // The others go on once they have noticed, which takes Kafka nine seconds.
      await load.more(20);
      await cluster.restart(node);
      await goesOn(load);
    }
    await everythingIsRight(own, load);
  }, 180_000);

  it('loses and doubles nothing where the network loses, repeats, delays and cuts', async () => {
    const seed = Number(process.env['FAULT_SEED'] ?? Date.now() % 1_000_000);
    const random = seededRandom(seed);
    const [, own] = await open({
      brokers: 1,
      advertised: async ({ port }) => {
        const proxy = await KafkaProxy.open({ target: { host: '127.0.0.1', port } });
        proxies.push(proxy);
        return proxy.port;
      },
    });
    load = new Load(() => own.orders);
    await load.more(100);
    for (const proxy of proxies) proxy.treat = (passing) => badWeather(passing, random);
    await load.more(300);
    for (const proxy of proxies) proxy.treat = () => 'pass';
    await goesOn(load);
    try {
      await everythingIsRight(own, load);
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
