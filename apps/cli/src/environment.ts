import { addresses, environment, readConfig, serviceUrl, type ShopService } from '@ledgerline/shop-environment';
import { z } from 'zod';

type Environment = Readonly<Record<string, string | undefined>>;

/** Where the services are, told by the variables that they have themselves. @throws ConfigInvalid */
export const serviceUrls = (env: Environment): { orders: string; payments: string; projections: string } => {
  const config = readConfig(addresses, env);
  const urlOf = (service: ShopService): string => serviceUrl(config, service);
  return { orders: urlOf('order'), payments: urlOf('payment'), projections: urlOf('projection') };
};

/** So many milliseconds a recorded time may lie ahead of the log's clock. @throws ConfigInvalid */
export const clockLimitMs = (): number => readConfig(environment, process.env).CLOCK_SKEW_LIMIT_S * 1_000;

/** The file of the key that signs seals, where the environment names one. */
export const sealKeyFile = (env: Environment): string | undefined =>
  z.object({ SEAL_KEY_FILE: z.string().trim().optional() }).parse(env).SEAL_KEY_FILE || undefined;
