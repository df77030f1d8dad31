import type { InProcessShop, ServiceName } from './in-process-shop.js';

interface Place {
  readonly topic: string;
  readonly partition: number;
  readonly ordinal: number;
}

interface Lag {
  readonly lag?: number;
}

const WRITING: readonly ServiceName[] = ['order-service', 'payment-service'];
const PROJECTIONS = 'projection-service';

/** True when the reactors have dealt with everything, which recorded nothing new, and the read models show it. */
export const isQuiet = async (shop: InProcessShop): Promise<boolean> => {
  const heads = await headsOf(shop);
  const places = new Map<string, number[]>();
  for (const name of WRITING) {
    const reactors = await itemsOf<{ partitions: readonly Place[] }>(shop, name, '/reactors');
    for (const { topic, partition, ordinal } of reactors.flatMap(({ partitions }) => partitions)) {
      const key = `${topic}/${partition}`;
      places.set(key, [...(places.get(key) ?? []), ordinal]);
    }
  }
  const isDealtWith = [...heads].every(([key, head]) => places.get(key)?.every((ordinal) => ordinal >= head) ?? false);
  const models = await itemsOf<{ partitions: readonly Lag[] }>(shop, PROJECTIONS, '/projections');
  const isShown = models.flatMap(({ partitions }) => partitions).every(({ lag }) => lag === 0);
  return isDealtWith && isShown && JSON.stringify([...heads]) === JSON.stringify([...(await headsOf(shop))]);
};

/** What is parked, and what differs from a replay of the log. */
export const readViolations = async (shop: InProcessShop): Promise<readonly string[]> => {
  const violations: string[] = [];
  for (const name of [...WRITING, PROJECTIONS] as const)
    for (const parked of await itemsOf<object>(shop, name, '/parked'))
      violations.push(`parked in the ${name}: ${JSON.stringify(parked)}`);
  for (const { name } of await itemsOf<{ name: string }>(shop, PROJECTIONS, '/projections')) {
    const { json } = await shop.send(PROJECTIONS, 'POST', `/projections/${name}/verify`);
    if (json['divergentCount'] !== 0) violations.push(`${name} is not as a replay: ${JSON.stringify(json)}`);
  }
  return violations;
};

const headsOf = async (shop: InProcessShop): Promise<ReadonlyMap<string, number>> => {
  const heads = new Map<string, number>();
  for (const name of WRITING)
    for (const { position } of await itemsOf<{ position: string }>(shop, name, '/log')) {
      const [key = '', ordinal] = position.split('@');
      heads.set(key, Number(ordinal));
    }
  return heads;
};

const itemsOf = async <T>(shop: InProcessShop, name: ServiceName, path: string): Promise<readonly T[]> => {
  const { status, json, text } = await shop.send(name, 'GET', path);
  if (status !== 200) throw new Error(`GET ${path} of the ${name}: ${status} ${text}`);
  return json['items'] as readonly T[];
};
