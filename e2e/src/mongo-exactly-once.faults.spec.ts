import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { eventually, seededRandom } from '@ledgerline/es-testing';
import { type MongoProcess, startMongo } from '@ledgerline/local-servers';
import { type Collection, MongoClient } from 'mongodb';
import { ask, type Body, es, Instance, isForeign, OrderLoad, Shop } from './index.js';

const SEED = Number(process.env['KILLS_SEED'] ?? 1);
const WITHIN_MS = 180_000;
const PATIENCE = { everyMs: 50 };
/** So soon after all is well readers are answered. */
const GOES_ON_WITHIN_MS = 10_000;
/** Longer than anybody waits for anything. */
const A_LONG_HALT_MS = 12_000;
const KILLS = 2;

// Services that are not ours are not ours to kill; without a broker and a database there is nothing to run on.
const isRunnable = !isForeign && process.env['KAFKA_BROKERS'] && process.env['MONGODB_URI'];

interface Page {
  readonly _id: string;
  readonly document?: unknown;
}

(isRunnable ? describe : describe.skip)(
  `read models on MongoDB, folded by two projection services under load (seed ${SEED})`,
  () => {
    const random = seededRandom(SEED);
    let directory: string;
    let mongo: MongoProcess;
    let client: MongoClient;
    let shop: Shop;
    let second: Instance;
    let load: OrderLoad;

    beforeAll(async () => {
      directory = await mkdtemp(join(tmpdir(), 'ledgerline-once-'));
      mongo = await startMongo({ directory });
      client = new MongoClient(mongo.uri);
      shop = await Shop.open({ MONGODB_URI: mongo.uri });
      second = await Instance.start(shop, 'projection-service');
      load = new OrderLoad({ name: 'load', shop, urls: urls() });
    }, WITHIN_MS);

    afterAll(async () => {
      await load?.abandon();
      await second?.close();
      await shop?.close();
      await client?.close();
      await mongo?.close();
      await rm(directory, { recursive: true, force: true });
    }, WITHIN_MS);

    const urls = (): readonly string[] => [shop.projections, second.url];

    const goesOn = async (): Promise<void> => {
      const began = performance.now();
      await load.more(20);
      expect(performance.now() - began).toBeLessThan(GOES_ON_WITHIN_MS);
    };

    /** What a replay of the log says of all documents, asked at one projection service. */
    const verified = async (url: string): Promise<Body> => {
      const { stdout } = await es({ ...shop.env, PROJECTION_SERVICE_URL: url }, 'verify', '--read-models', '--json');
      return JSON.parse(stdout) as Body;
    };
    const everythingIsRight = async (): Promise<void> => {
      expect(load.wrong).toEqual([]);
      for (const verdict of await Promise.all(urls().map(verified))) expect(verdict).toMatchObject({ ok: true });
    };

    /** The documents that answer. */
    const liveOf = async (name: string): Promise<Collection<Page>> => {
      const { body } = await ask(`GET ${shop.projections}/projections`);
      const items = body['items'] as {
        name: string;
        generations: { number: number; revision: number; state: string }[];
      }[];
      const live = items.find((one) => one.name === name)?.generations.find(({ state }) => state === 'live');
      return client.db().collection<Page>(`${name}-r${live?.revision}-g${live?.number}`);
    };

    it(
      'are as a replay makes them after both were killed at any moment',
      async () => {
        await load.more(20);
        for (let kill = 0; kill < KILLS; kill += 1) {
          await load.more(1 + Math.floor(30 * random()));
          await Promise.all([shop.kill('projection-service'), second.kill()]);
          await second.close();
          load.forgetPositions();
          [second] = await Promise.all([
            Instance.start(shop, 'projection-service'),
            shop.start(['projection-service']),
          ]);
          load.urls = urls();
          await goesOn();
        }
        await everythingIsRight();
      },
      WITHIN_MS,
    );

    it(
      'go on after the database was killed',
      async () => {
        const { troubles } = load;
        await mongo.kill();
        await eventually(() => expect(load.troubles).toBeGreaterThan(troubles), PATIENCE);
        await mongo.restart();
        await goesOn();
        await everythingIsRight();
      },
      WITHIN_MS,
    );

    it(
      'take nothing old from one that was halted in the middle of its work',
      async () => {
        second.signal('SIGSTOP');
        load.urls = [shop.projections];
        await pause(A_LONG_HALT_MS); // The time is the fault.
        second.signal('SIGCONT');
        load.urls = urls();
        await goesOn();
        await everythingIsRight();
      },
      WITHIN_MS,
    );

    it(
      'answer what was written before, and never go back, while they are made anew and rolled back',
      async () => {
        expect(await es(shop.env, 'rebuild', 'order-page', '--json')).toMatchObject({ code: 0 });
        await load.more(10);
        expect(await es(shop.env, 'rollback', 'order-page', '--json')).toMatchObject({ code: 0 });
        await load.more(10);
        expect(await ask(`POST ${second.url}/projections/customer-dashboard/rebuild`)).toMatchObject({ status: 202 });
        await load.more(20);
        expect(await ask(`POST ${second.url}/projections/customer-dashboard/rollback`)).toMatchObject({ status: 200 });
        await load.more(10);
        await everythingIsRight();
      },
      WITHIN_MS,
    );

    it(
      'show everything as it was left at both',
      async () => {
        await load.stop();
        for (const url of urls()) expect(await load.shownOtherwise(url)).toEqual([]);
        await everythingIsRight();
      },
      WITHIN_MS,
    );

    it(
      'are found out by a verification where somebody changed them by hand, and put right by a rebuild',
      async () => {
        const pages = await liveOf('order-page');
        const [damaged, removed, copied] = load.read.map(({ orderId }) => orderId);
        await pages.updateOne({ _id: damaged }, { $set: { 'document.total': '0.01' } });
        const copy = await pages.findOne({ _id: copied });
        await pages.insertOne({ ...copy, _id: 'added' });
        await pages.deleteOne({ _id: removed });
        for (const url of urls()) {
          const verdict = await verified(url);
          const [found] = (verdict['readModels'] as Body[]).filter(({ name }) => name === 'order-page');
          expect(verdict).toMatchObject({ ok: false });
          expect(found).toMatchObject({ divergentCount: 3 });
          expect(found?.['divergent']).toEqual(
            expect.arrayContaining([
              expect.objectContaining({ id: damaged, problem: 'different', fields: ['total'] }),
              expect.objectContaining({ id: removed, problem: 'missing' }),
              expect.objectContaining({ id: 'added', problem: 'extra' }),
            ]),
          );
        }
        expect(await es(shop.env, 'rebuild', 'order-page', '--json')).toMatchObject({ code: 0 });
        // The other one notices within about a second.
        await eventually(everythingIsRight, PATIENCE);
      },
      WITHIN_MS,
    );

    it(
      'are made anew where somebody dropped them',
      async () => {
        const dropped = await liveOf('order-page');
        await dropped.drop();
        const unitPrice = { amount: '2.55', currency: 'GBP' };
        await ask(`POST ${shop.orders}/carts/later/items`, { body: { sku: '85123A', quantity: 6, unitPrice } });
        const order = { orderId: 'later', cartId: 'later', customerId: 'ada' };
        const placed = await ask(`POST ${shop.orders}/orders`, { body: order });
        const headers = { 'x-min-position': placed.header('x-position') ?? '' };
        for (const url of urls()) {
          expect(await ask(`GET ${url}/orders/later`, { headers })).toMatchObject({ status: 200 });
          // As long as it is filled again, it answers as far as it is.
          await eventually(async () => expect(await load.shownOtherwise(url)).toEqual([]), PATIENCE);
        }
        expect((await liveOf('order-page')).collectionName).not.toBe(dropped.collectionName);
        await everythingIsRight();
      },
      WITHIN_MS,
    );
  },
);
