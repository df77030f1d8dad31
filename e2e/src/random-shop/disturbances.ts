import type { Chance } from './chance.js';
import type { Happenings } from './happenings.js';
import { type InProcessShop, SERVICES, type ServiceName } from '../in-process/in-process-shop.js';
import type { ShopClock } from '../in-process/shop-clock.js';

export interface DisturbanceOptions {
  readonly shop: InProcessShop;
  readonly chance: Chance;
  readonly clock: ShopClock;
  readonly happenings: Happenings;
}

/** After so many the customers are left in peace: on Kafka a service may take seconds to come back. */
const MOST = 6;
/** Longer than a payment may be paid. */
const AN_HOUR_MS = 3_600_000;

/** While something happens: services end one way or the other, lose what they keep, and come back sooner or later. */
export const disturb = async (options: DisturbanceOptions): Promise<readonly string[]> => {
  const { shop, chance, clock, happenings } = options;
  const done: string[] = [];
  for (let count = 0; ; count += 1) {
    await happenings.more(chance.between(1, 5));
    if (happenings.areOver || count === MOST) return done;
    if (chance.of(5)) {
      clock.passes(AN_HOUR_MS);
      done.push('an hour passes');
    }
    const name = chance.among<ServiceName>('payment-service', 'payment-service', ...SERVICES);
    done.push(await disturbOne(name, options));
    if (chance.of(30)) await happenings.more(chance.between(1, 3));
    await shop.startAll();
  }
};

const disturbOne = async (name: ServiceName, { shop, chance }: DisturbanceOptions): Promise<string> => {
  const how = chance.among('kill', 'kill', 'stop');
  await shop[how](name);
  const lost = [...(chance.of(40) ? ['index'] : []), ...(chance.of(50) ? ['progress'] : [])];
  if (lost.includes('index')) await shop.loseIndex(name);
  if (lost.includes('progress')) await shop.loseProgress(name);
  return [how, name, ...lost].join(' ');
};
