import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually } from '@ledgerline/es-testing';
import { describeWithBroker, namedBrokers } from '@ledgerline/local-servers';
import { Buying, HeldGateway, InProcessShop, ShopClock } from './index.js';

const ANOTHER = ['a', 'b', 'c', 'd', 'e', 'f'] as const;
/** What is not closed by then is cut off, and the process exits 1. */
const CLOSED_WITHIN_MS = 5_000;

describeWithBroker('payments on Kafka', () => {
  let directory: string;
  let gateway: HeldGateway;
  let shop: InProcessShop;
  /** A further instance of the payment service. */
  let other: InProcessShop;
  let buying: Buying;

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'ledgerline-payments-'));
    gateway = new HeldGateway();
    const env = {
      ...{ KAFKA_BROKERS: namedBrokers.join(','), KAFKA_TOPIC_PREFIX: `e2e-${randomUUID()}.` },
      INSTANCE_SECRET: randomUUID(),
    };
    const options = { env, clock: new ShopClock(), gateway: () => gateway };
    shop = new InProcessShop({ ...options, directory: join(directory, 'shop') });
    other = new InProcessShop({ ...options, directory: join(directory, 'other') });
    buying = new Buying(shop);
    await shop.open();
  });
  afterEach(async () => {
    await other.close();
    await shop.close();
    await rm(directory, { recursive: true, force: true });
  });

  it('move nothing again where the group, the data directory and the keys of the gateway are lost', async () => {
    await buying.all('a');
    expect(gateway.moved.splice(0)).toEqual(['charge a 15.30', 'refund a 5.10']);
    await shop.close();
    for (const name of ['order-service', 'payment-service'] as const) await shop.loseProgress(name);
    await rm(join(directory, 'shop'), { recursive: true });
    gateway.forgetKeys();
    await shop.startAll();
    await buying.all('b');
    expect(gateway.moved).toEqual(['charge b 15.30', 'refund b 5.10']);
  }, 120_000);

  it('go on at once beside charges that take their time, when an instance comes and when it leaves', async () => {
    const slow = Array.from({ length: 12 }, (_, i) => `slow-${i}`);
    for (const orderId of slow) {
      await buying.orders(orderId);
      gateway.hold(orderId);
    }
    const paying = slow.map((orderId) => buying.pays(orderId));
    const arrived = (times: number): number => slow.filter((id) => gateway.waitingFor(id) >= times).length;
    await eventually(() => expect(arrived(1)).toBe(12));

    await other.start('payment-service');
    // Of what is the other's from now on it asks for the charges, too.
    await eventually(() => expect(arrived(2)).toBeGreaterThan(0));
    for (const orderId of ANOTHER) {
      await buying.orders(orderId);
      // Within the five seconds for which a customer waits.
      expect(await buying.pays(orderId)).toBe('processed');
    }
    await Promise.all(paying);
    const began = performance.now();
    await shop.stop('payment-service');
    expect(performance.now() - began).toBeLessThan(CLOSED_WITHIN_MS);

    for (const orderId of slow) gateway.release(orderId);
    const statusOf = async (orderId: string): Promise<unknown> =>
      (await other.send('payment-service', 'GET', `/payments/${orderId}`)).json['status'];
    for (const orderId of slow) await eventually(async () => expect(await statusOf(orderId)).toBe('processed'));
    const charges = [...slow, ...ANOTHER].map((orderId) => `charge ${orderId} 15.30`);
    expect([...gateway.moved].sort()).toEqual(charges.sort());
  }, 120_000);
});
