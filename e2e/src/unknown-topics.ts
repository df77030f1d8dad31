import { adaptersFor, environment, readConfig } from '@ledgerline/es-nest/adapters';
import { orderEvents, paymentEvents } from '@ledgerline/events';

type Env = Readonly<Record<string, string | undefined>>;

/** What another service records in, beside the shop's. */
export const THIRD_TOPIC = 'parcels.events';

/** Makes the shop's topics and another one, each with its genesis records, where the environment says that the log is. */
export const provisionThree = async (env: Env): Promise<void> => {
  const adapters = await adaptersFor(readConfig(environment, env));
  for (const topic of [orderEvents.topic, paymentEvents.topic, THIRD_TOPIC])
    if (adapters.provision) await adapters.provision(topic);
    else await (await adapters.ownLog(topic)).close();
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
