import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pause } from '@ledgerline/es-core/runtime';
import { nodePlatform } from '@ledgerline/es-embedded';
import { Chance } from './chance.js';
import { CountingGateway } from './counting-gateway.js';
import { disturb } from './disturbances.js';
import { Happenings } from './happenings.js';
import { moneyViolations } from './money-violations.js';
import { isQuiet, readViolations } from '../in-process/quiet-shop.js';
import { RandomCustomer } from './random-customer.js';
import { InProcessShop, SERVICES } from '../in-process/in-process-shop.js';
import { forgetWhatIsRecorded, recordedEventsOf } from './recorded-money.js';
import { ShopClock } from '../in-process/shop-clock.js';

export interface SeedOptions {
  readonly seed: number;
  /** Of the services; a shop of its own on a data directory of its own where it names nothing else. */
  readonly env?: Readonly<Record<string, string>>;
  /** So long a shop that is not disturbed any more may take until all is well; 20,000 unless said otherwise. */
  readonly wellWithinMs?: number;
}

/** What came of one seed. */
export interface SeedEnd {
  readonly disturbances: readonly string[];
  readonly violations: readonly string[];
  readonly movements: number;
}

/** Pauses before something is tried again are shorter here. */
const TIMES_AS_FAST = 10;
const SERVED_WITHIN_MS = 80_000;
const LOOK_AGAIN_AFTER_MS = 100;

/**
 * A day of a shop, as the seed says: customers order, pay, cancel and return at once, while services are killed, stopped, robbed of what
 * they keep and started again. The seed decides what happens, and after how many other things; not what the machine does in between.
 */
export const runSeed = async ({ seed, env = {}, wellWithinMs = 20_000 }: SeedOptions): Promise<SeedEnd> => {
  const directory = await mkdtemp(join(tmpdir(), 'ledgerline-random-shop-'));
  const [chance, happenings, clock] = [new Chance(seed), new Happenings(), new ShopClock(TIMES_AS_FAST)];
  const platform = clock.on(nodePlatform);
  const gateway = new CountingGateway({ chance: chance.child(), platform, happenings });
  const shop = new InProcessShop({ directory, env, clock, gateway: (life) => gateway.of(life) });
  try {
    await shop.open();
    const forgetting = await forgetWhatIsRecorded(await shop.storage(), gateway);
    try {
      const disturbing = disturb({ shop, clock, happenings, chance: chance.child() });
      const customers = Array.from({ length: chance.between(4, 10) }, (_, i) => {
        return new RandomCustomer(`${seed}-${i}`, { shop, chance: chance.child(), platform, happenings });
      });
      const [unserved, disturbances] = await Promise.all([servedAll(customers, happenings), disturbing]);
      const last = await loseAll(shop, chance);
      const violations = [...unserved, ...(await violationsIn(shop, gateway, wellWithinMs))];
      return { disturbances: [...disturbances, ...last], violations, movements: gateway.movements.length };
    } finally {
      happenings.end();
      await forgetting.close();
    }
  } finally {
    await shop.close();
    await rm(directory, { recursive: true, force: true });
  }
};

/** Resolves when all customers have what they came for, or time is up, with what they wait for then. */
const servedAll = async (customers: readonly RandomCustomer[], happenings: Happenings): Promise<readonly string[]> => {
  const late = setTimeout(() => happenings.end(), SERVED_WITHIN_MS);
  const unserved = await Promise.all(customers.map((customer) => customer.comes()));
  clearTimeout(late);
  happenings.end();
  return unserved.flat();
};

/** In half of all shops nothing but the logs is left in the end. */
const loseAll = async (shop: InProcessShop, chance: Chance): Promise<readonly string[]> => {
  if (chance.of(50)) return [];
  await shop.close();
  for (const name of SERVICES) {
    await shop.loseIndex(name);
    await shop.loseProgress(name);
  }
  await shop.startAll();
  return ['everything but the logs is lost'];
};

/** What is wrong once nothing is under way any more; that it never is, where it does not come to that. */
const violationsIn = async (
  shop: InProcessShop,
  gateway: CountingGateway,
  wellWithinMs: number,
): Promise<readonly string[]> => {
  const storage = await shop.storage();
  const deadline = performance.now() + wellWithinMs;
  for (;;) {
    const violations = (await isQuiet(shop))
      ? [
          ...moneyViolations({ events: await recordedEventsOf(storage), movements: gateway.movements }),
          ...(await readViolations(shop)),
        ]
      : ['something is under way still'];
    if (violations.length === 0 || performance.now() > deadline) return violations;
    await pause(storage.platform, LOOK_AGAIN_AFTER_MS);
  }
};
