import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually } from '@ledgerline/es-testing';
import { Buying, esJson, HeldGateway, InProcessShop, ShopClock } from './index.js';

interface Parked {
  readonly id: string;
  readonly stream: string;
  readonly code: string;
}

describe('a shop whose log has lost its end, beside a gateway that has forgotten all keys', () => {
  let directory: string;
  let data: string;
  let gateway: HeldGateway;
  let shop: InProcessShop;
  let buying: Buying;
  let env: Readonly<Record<string, string | undefined>>;

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'ledgerline-uncertain-'));
    data = join(directory, 'data');
    gateway = new HeldGateway();
    shop = new InProcessShop({ directory: data, env: {}, clock: new ShopClock(), gateway: () => gateway });
    buying = new Buying(shop);
    env = { ...process.env, ...shop.env, KAFKA_BROKERS: '', MONGODB_URI: '' };
    await shop.open();
  });
  afterEach(async () => {
    await shop.close();
    await rm(directory, { recursive: true, force: true });
  });

  /** One order is paid and partly refunded; one is with the gateway at the moment of `keep`, and paid and refunded after it. */
  const lose = async (keep: () => Promise<unknown>): Promise<void> => {
    await buying.all('settled');
    await buying.orders('under-way');
    gateway.hold('under-way');
    const paying = buying.pays('under-way');
    await eventually(() => expect(gateway.waitingFor('under-way')).toBe(1));
    await keep();
    gateway.release('under-way');
    await paying;
    await buying.all('lost');
    expect(gateway.moved.splice(0)).toHaveLength(5);
    gateway.forgetKeys();
    await shop.close();
  };
  const parked = async (): Promise<readonly Parked[]> =>
    (await shop.send('payment-service', 'GET', '/parked')).json['items'] as readonly Parked[];

  /** What was settled is left alone, and what may have been done waits for a person, who has it done once. */
  const goesOn = async (): Promise<void> => {
    await shop.startAll();
    await buying.isDone();
    expect(gateway.moved).toEqual([]);
    const [held, ...others] = await parked();
    expect([held, others]).toMatchObject([{ stream: 'payment-under-way', code: 'outcome-uncertain' }, []]);
    const retry = `/parked/${held?.id ?? ''}/retry`;
    expect(await shop.send('payment-service', 'POST', retry)).toMatchObject({ status: 200, json: { id: held?.id } });
    await buying.isDone();
    expect([gateway.moved, await parked()]).toEqual([['charge under-way 15.30'], []]);
    expect((await shop.send('order-service', 'GET', '/orders/under-way')).json).toMatchObject({ status: 'confirmed' });
    expect((await shop.send('payment-service', 'POST', retry)).status).toBe(404);
    await buying.all('new');
    expect(gateway.moved).toEqual(['charge under-way 15.30', 'charge new 15.30', 'refund new 5.10']);
  };

  it('moves nothing again after a restore, and leaves to a person what may have moved', async () => {
    const backup = join(directory, 'backup');
    await lose(() => esJson(env, 'backup', backup));
    await rm(data, { recursive: true });
    await esJson(env, 'restore', backup);
    await goesOn();
  }, 180_000);

  it('moves nothing again after `es restore --accept`, and leaves to a person what may have moved', async () => {
    const [log, kept] = [join(data, 'log'), join(directory, 'log')];
    await lose(() => cp(log, kept, { recursive: true }));
    await rm(log, { recursive: true });
    await cp(kept, log, { recursive: true });
    await expect(shop.start('payment-service')).rejects.toThrow('es restore --accept');
    await shop.close();
    const { ahead } = await esJson<{ ahead: readonly { name: string }[] }>(env, 'restore', '--accept');
    expect(ahead.map(({ name }) => name)).toContain('the index of the payment-service');
    await goesOn();
  }, 180_000);
});
