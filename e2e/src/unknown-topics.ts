import { environment, readConfig, storageOf } from '@ledgerline/shop-environment';
import { orderEvents, paymentEvents } from '@ledgerline/events';

type Env = Readonly<Record<string, string | undefined>>;

/** What another service records in, beside the shop's. */
export const THIRD_TOPIC = 'parcels.events';

/** Makes the shop's topics and another one, each with its genesis records, where the environment says that the log is. */
export const provisionThree = async (env: Env): Promise<void> => {
  const storage = await storageOf(readConfig(environment, env));
  for (const topic of [orderEvents.topic, paymentEvents.topic, THIRD_TOPIC])
    if (storage.provision) await storage.provision(topic);
    else await (await storage.openLog(topic, { role: 'writer' })).close();
};

/** The commands that say something of all that is recorded. */
export const overEverything = (directory: string): readonly (readonly string[])[] => [
  ['verify', '--no-read-models'],
  ['backup', directory],
  ['trace', 'order-1'],
  ['rehearse'],
  ['restore', directory],
  ['restore', '--accept'],
];
